#include "gateway/broadcaster/plan.hpp"

#include "core/base/text.hpp"
#include "core/playlist/rss_reader.hpp"

#include <utility>

namespace alluvium::broadcaster {

namespace {

bool is_plain(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~' || c == '/';
}

Result<playlist::Item> item_of(const MeasuredFile& file, const http::Url& base) {
  auto url = url_below(base, file.name);
  if (!url) return url.error();
  playlist::Item item{.url = std::move(*url)};
  item.title = file.title;
  item.creator = file.creator;
  item.type = file.facts.type;
  item.duration = file.facts.duration;
  item.length = file.facts.length;
  item.root = file.facts.root;
  return item;
}

Error too_many_items() {
  return Error{"more than " + std::to_string(playlist::max_playlist_items) +
               " items would be needed, which is more than listeners read"};
}

/// One broadcast after the other until the period is filled.
Result<std::vector<playlist::Item>> dated(const std::vector<playlist::Item>& round,
                                          const Period& period) {
  std::vector<playlist::Item> items;
  const WallTime end = period.start + period.days;
  WallTime now = period.start;
  for (std::size_t i = 0; now < end; i = (i + 1) % round.size()) {
    if (items.size() == playlist::max_playlist_items) return too_many_items();
    items.push_back(round[i]);
    items.back().start = now;
    now += *round[i].duration;
    items.back().end = now;
  }
  return items;
}

}  // namespace

Result<http::Url> url_below(const http::Url& base, std::string_view name) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string text = base.text();
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_plain(byte)) {
      text += c;
    } else {
      text += {'%', digits[byte >> 4], digits[byte & 15]};
    }
  }
  auto url = http::Url::parse(text);
  if (!url) return Error{"there is no URL for " + printable(name) + ": " + url.error().message};
  return url;
}

Result<playlist::Playlist> plan(const std::vector<MeasuredFile>& files,
                                const StationPlan& station) {
  if (files.empty()) return Error{"there is nothing to broadcast"};
  if (files.size() > playlist::max_playlist_items) return too_many_items();
  playlist::Playlist result;
  result.title = station.title;
  result.link = station.base.text();
  result.anchor = station.period ? station.period->start : station.anchor;
  result.gateway = station.gateway;
  for (const MeasuredFile& file : files) {
    auto item = item_of(file, station.base);
    if (!item) return item.error();
    result.items.push_back(std::move(*item));
  }
  if (!station.period) return result;
  auto items = dated(result.items, *station.period);
  if (!items) return items.error();
  result.items = std::move(*items);
  return result;
}

}  // namespace alluvium::broadcaster
