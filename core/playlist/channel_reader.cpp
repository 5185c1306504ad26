#include "core/playlist/channel_reader.hpp"

#include "core/base/text.hpp"
#include "core/playlist/namespaces.hpp"
#include "core/playlist/refresh.hpp"

namespace alluvium::playlist {

namespace {

/// The two elements of the syndication module, each with its default where only the other is there.
std::optional<std::chrono::seconds> read_refresh(ReadContext& context, pugi::xml_node period,
                                                 pugi::xml_node frequency) {
  if (!period && !frequency) return std::nullopt;
  const std::string word = period ? raw_text(period) : "daily";
  const std::string number = frequency ? raw_text(frequency) : "1";
  const auto interval = interval_of({trimmed(word), parse_uint(trimmed(number)).value_or(0)});
  if (!interval) {
    context.warn(period ? period : frequency,
                 "\"" + printable(trimmed(number), 40) + " times " + printable(trimmed(word), 40) +
                     "\" is not a way to say how often the playlist changes");
  }
  return interval;
}

}  // namespace

void read_channel(ReadContext& context, pugi::xml_node channel, Playlist& playlist) {
  using enum Vocabulary;
  std::optional<WallTime> update_base;
  pugi::xml_node period;
  pugi::xml_node frequency;
  for (const auto child : channel.children()) {
    if (child.type() != pugi::node_element) continue;
    const Name name = name_of(child);
    if (name == Name{rss, "title"}) {
      if (playlist.title.empty()) playlist.title = shown_text(child);
    } else if (name == Name{rss, "link"}) {
      if (playlist.link.empty()) playlist.link = shown_text(child);
    } else if (name == Name{rss, "description"}) {
      if (playlist.description.empty()) playlist.description = shown_text(child);
    } else if (name == Name{dc, "date"}) {
      if (!playlist.anchor) playlist.anchor = read_instant(context, child);
    } else if (name == Name{sy, "updateBase"}) {
      if (!update_base) update_base = read_instant(context, child);
    } else if (name == Name{sy, "updatePeriod"}) {
      if (!period) period = child;
    } else if (name == Name{sy, "updateFrequency"}) {
      if (!frequency) frequency = child;
    }
  }
  if (!playlist.anchor) playlist.anchor = update_base;
  playlist.refresh = read_refresh(context, period, frequency);
}

std::optional<http::Url> read_gateway(ReadContext& context, pugi::xml_node textinput) {
  using enum Vocabulary;
  pugi::xml_node link;
  std::string field;
  for (const auto child : textinput.children()) {
    if (child.type() != pugi::node_element) continue;
    const Name name = name_of(child);
    if (name == Name{rss, "link"} && !link) link = child;
    if (name == Name{rss, "name"} && field.empty()) field = shown_text(child);
  }
  if (field != "uri" || !link) return std::nullopt;

  const auto url = read_url(context, link, raw_text(link));
  if (!url) return std::nullopt;
  const std::string_view path = url->path();
  if (path != url->target() || !path.ends_with(gateway_lookup_path)) {
    context.warn(link, "the gateway's link does not end in " + std::string(gateway_lookup_path) +
                           ", so the gateway is not used");
    return std::nullopt;
  }
  auto base_path = path.substr(0, path.size() - gateway_lookup_path.size());
  while (base_path.ends_with('/')) base_path.remove_suffix(1);
  auto base = http::Url::parse(url->origin().append(base_path));
  if (!base) return std::nullopt;
  return std::move(*base);
}

}  // namespace alluvium::playlist
