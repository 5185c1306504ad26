#include "gateway/broadcaster/lists/feed.hpp"

#include "core/base/text.hpp"
#include "gateway/broadcaster/lists/xml_document.hpp"

#include <utility>

namespace alluvium::broadcaster {

namespace {

/// Feeds also enclose pictures, transcripts and books.
bool may_be_media(std::string_view type) {
  return type.empty() || type.starts_with("audio/") || type.starts_with("video/") ||
         type == "application/ogg" || type == "application/octet-stream";
}

/// The enclosed file, if it is one to be heard.
std::optional<FeedEntry> entry_of(pugi::xml_node enclosure, const char* address,
                                  const http::Url& base) {
  auto url = base.resolve(trimmed(enclosure.attribute(address).value()));
  const std::string_view type = trimmed(enclosure.attribute("type").value());
  FeedEntry entry;
  entry.type = to_lower(trimmed(type.substr(0, type.find(';'))));
  if (!url || !may_be_media(entry.type) || !enclosure.attribute(address)) return std::nullopt;
  entry.url = std::move(*url);
  const auto length = parse_uint(trimmed(enclosure.attribute("length").value()));
  // Feeds say 0 for what they do not know.
  if (length && *length > 0) entry.length = length;
  return entry;
}

std::string first_of(std::string one, std::string other) {
  return one.empty() ? std::move(other) : std::move(one);
}

void read_rss_item(pugi::xml_node item, const std::string& author, const http::Url& base,
                   Feed& feed) {
  auto entry = entry_of(child_of(item, "enclosure"), "url", base);
  if (!entry) return;
  entry->title =
      first_of(line_of(child_of(item, "title")), line_of(child_of(item, "title", "itunes")));
  entry->creator = first_of(line_of(child_of(item, "author", "itunes")), author);
  entry->duration = parse_feed_duration(line_of(child_of(item, "duration", "itunes")));
  feed.entries.push_back(std::move(*entry));
}

void read_atom_entry(pugi::xml_node atom, const std::string& author, const http::Url& base,
                     Feed& feed) {
  for (const pugi::xml_node link : atom.children()) {
    if (local_name(link) != "link") continue;
    if (std::string_view(link.attribute("rel").value()) != "enclosure") continue;
    auto entry = entry_of(link, "href", base);
    if (!entry) continue;
    entry->title = line_of(child_of(atom, "title"));
    entry->creator = first_of(line_of(child_of(child_of(atom, "author"), "name")), author);
    feed.entries.push_back(std::move(*entry));
    return;  // Further ones are the same in other formats.
  }
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_feed_duration(std::string_view text) {
  constexpr std::uint64_t longest_seconds = 1'000'000;
  std::uint64_t seconds = 0;
  const std::string_view whole = text.substr(0, text.find('.'));
  const auto parts = split(whole, ':');
  if (parts.size() > 3) return std::nullopt;
  for (const std::string_view part : parts) {
    const auto number = parse_uint(part);
    if (!number || *number > longest_seconds) return std::nullopt;
    seconds = seconds * 60 + *number;
  }
  if (seconds == 0 || seconds > longest_seconds) return std::nullopt;
  return std::chrono::seconds(seconds);
}

Result<Feed> parse_feed(std::string_view text, const http::Url& base) {
  pugi::xml_document document;
  if (const auto loaded = load_xml(text, document); !loaded) return loaded.error();
  const pugi::xml_node root = document.document_element();
  Feed feed;
  if (local_name(root) == "feed") {
    feed.title = line_of(child_of(root, "title"));
    const std::string author = line_of(child_of(child_of(root, "author"), "name"));
    for (const pugi::xml_node entry : root.children()) {
      if (local_name(entry) == "entry") read_atom_entry(entry, author, base, feed);
    }
    return feed;
  }
  const pugi::xml_node channel = child_of(root, "channel");
  if (local_name(root) != "rss" || !channel) {
    return Error{"it is XML, but neither RSS 2.0 nor Atom"};
  }
  feed.title = line_of(child_of(channel, "title"));
  const std::string author = line_of(child_of(channel, "author", "itunes"));
  for (const pugi::xml_node item : channel.children()) {
    if (local_name(item) == "item") read_rss_item(item, author, base, feed);
  }
  return feed;
}

}  // namespace alluvium::broadcaster
