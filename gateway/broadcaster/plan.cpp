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

Error too_many_items(const char* what_to_do) {
  return Error{"more than " + std::to_string(playlist::max_playlist_items) +
               " items would be needed, which is more than listeners read" + what_to_do};
}

/// One broadcast after the other until the period is filled.
Result<std::vector<playlist::Item>> dated(const std::vector<MeasuredFile>& files,
                                          const std::vector<std::size_t>& order,
                                          const StationPlan& station) {
  std::vector<playlist::Item> items;
  const WallTime end = station.period->start + station.period->days;
  WallTime now = station.period->start;
  for (std::size_t i = 0; now < end; i = (i + 1) % order.size()) {
    if (items.size() == playlist::max_playlist_items) {
      return too_many_items("; fewer --days need fewer");
    }
    auto item = item_of(files[order[i]], station.base);
    if (!item) return item.error();
    item->start = now;
    now += *item->duration;
    item->end = now;
    items.push_back(std::move(*item));
  }
  return items;
}

Result<std::vector<playlist::Item>> looped(const std::vector<MeasuredFile>& files,
                                           const std::vector<std::size_t>& order,
                                           const StationPlan& station) {
  if (order.size() > playlist::max_playlist_items) {
    return too_many_items("; with --start it takes as many of them as fill its days");
  }
  std::vector<playlist::Item> items;
  for (const std::size_t i : order) {
    auto item = item_of(files[i], station.base);
    if (!item) return item.error();
    items.push_back(std::move(*item));
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

Result<playlist::Item> item_of(const MeasuredFile& file, const http::Url& base) {
  auto url = file.is_on_web ? http::Url::parse(file.name) : url_below(base, file.name);
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

Result<playlist::Playlist> plan(const std::vector<MeasuredFile>& files,
                                const std::vector<std::size_t>& order, const StationPlan& station) {
  if (order.empty()) return Error{"there is nothing to broadcast"};
  playlist::Playlist result;
  result.title = station.title;
  result.link = station.base.text();
  result.anchor = station.period ? station.period->start : station.anchor;
  result.gateway = station.gateway;
  auto items = station.period ? dated(files, order, station) : looped(files, order, station);
  if (!items) return items.error();
  result.items = std::move(*items);
  return result;
}

}  // namespace alluvium::broadcaster
