#include "core/playlist/rss_reader.hpp"

#include "core/base/text.hpp"
#include "core/playlist/channel_reader.hpp"
#include "core/playlist/field_readers.hpp"
#include "core/playlist/item_reader.hpp"
#include "core/playlist/line_index.hpp"
#include "core/playlist/namespaces.hpp"
#include "core/playlist/text_encoding.hpp"
#include "core/playlist/xml_prescan.hpp"

#include <algorithm>
#include <map>

#include <pugixml.hpp>

namespace alluvium::playlist {

namespace {

/// The elements of a document that matter, wherever the two shapes put them.
struct Parts {
  pugi::xml_node channel;
  pugi::xml_node textinput;
  pugi::xml_node order;               ///< The rdf:Seq.
  std::vector<pugi::xml_node> items;  ///< In document order.
};

void collect_order(pugi::xml_node items, Parts& parts) {
  for (const auto child : items.children()) {
    if (!parts.order && name_of(child) == Name{Vocabulary::rdf, "Seq"}) parts.order = child;
  }
}

/// Looks at the children of the root and, for the older shape, of the channel.
void collect(ReadContext& context, pugi::xml_node parent, Parts& parts) {
  using enum Vocabulary;
  for (const auto child : parent.children()) {
    if (child.type() != pugi::node_element) continue;
    const Name name = name_of(child);
    if (name == Name{rss, "item"}) {
      parts.items.push_back(child);
    } else if (name == Name{rss, "items"}) {
      collect_order(child, parts);
    } else if (name == Name{rss, "textinput"}) {
      // Inside a proper channel there is only a reference to the element beside it.
      if (!parts.textinput && child.first_child()) parts.textinput = child;
    } else if (name == Name{rss, "channel"}) {
      if (parts.channel) {
        context.warn(child, "only the first channel of a playlist counts");
        continue;
      }
      parts.channel = child;
      collect(context, child, parts);
    }
  }
}

/// The items as the rdf:Seq lists them, then those that it does not mention. The n-th mention of a
/// name stands for the n-th item of that name, so the result is never longer than the document.
std::vector<pugi::xml_node> in_order(ReadContext& context, const Parts& parts) {
  if (!parts.order) return parts.items;
  std::multimap<std::string_view, pugi::xml_node> waiting;
  for (const auto item : parts.items) {
    waiting.emplace(trimmed(attribute_of(item, Vocabulary::rdf, "about").value()), item);
  }
  std::vector<pugi::xml_node> ordered;
  for (const auto entry : parts.order.children()) {
    if (name_of(entry) != Name{Vocabulary::rdf, "li"}) continue;
    const std::string_view name = resource_of(entry);
    const auto found = waiting.lower_bound(name);
    if (name.empty() || found == waiting.end() || found->first != name) {
      context.warn(entry, "the order names \"" + printable(name, 80) +
                              "\" once more than there are items of that name");
      continue;
    }
    ordered.push_back(found->second);
    waiting.erase(found);
  }
  std::vector<pugi::xml_node> rest;
  for (const auto& [about, item] : waiting) rest.push_back(item);
  std::sort(rest.begin(), rest.end(),
            [](pugi::xml_node a, pugi::xml_node b) { return offset_of(a) < offset_of(b); });
  for (const auto item : rest) {
    context.warn(item, "the order does not name this item, so it comes last");
    ordered.push_back(item);
  }
  return ordered;
}

Error wrong_root(const LineIndex& lines, pugi::xml_node root) {
  return {lines.place_of(offset_of(root)) + ": the root element is <" + printable(root.name(), 60) +
          ">, not the RDF of an RSS 1.0 playlist (http://www.w3.org/1999/02/22-rdf-syntax-ns#)"};
}

}  // namespace

Result<ReadPlaylist> read_rss(std::string_view text, const http::Url& base) {
  if (text.size() > max_playlist_bytes) return Error{"the playlist is larger than 4 MiB"};
  const std::string utf8 = utf8_from(text);
  const LineIndex lines(utf8);
  // Before the tree is built, which takes many times the memory of the text.
  if (auto status = prescan_xml(utf8, lines); !status) return status.error();

  pugi::xml_document document;
  const auto parsed =
      document.load_buffer(utf8.data(), utf8.size(), pugi::parse_default, pugi::encoding_utf8);
  if (!parsed) {
    return not_xml_error(lines, static_cast<std::size_t>(parsed.offset), parsed.description());
  }
  const pugi::xml_node root = document.document_element();
  if (name_of(root) != Name{Vocabulary::rdf, "RDF"}) return wrong_root(lines, root);

  ReadContext context{base, lines, {}};
  Parts parts;
  collect(context, root, parts);
  if (!parts.channel) {
    return Error{lines.place_of(offset_of(root)) +
                 ": the playlist has no channel of RSS 1.0 (http://purl.org/rss/1.0/)"};
  }
  if (parts.items.size() > max_playlist_items) {
    return Error{lines.place_of(offset_of(parts.items[max_playlist_items])) +
                 ": the playlist has more than " + std::to_string(max_playlist_items) + " items"};
  }

  ReadPlaylist result;
  if (valid_utf8(utf8) != utf8) {
    context.warnings.add("the playlist has bytes that are not UTF-8: save it in that encoding");
  }
  read_channel(context, parts.channel, result.playlist);
  if (parts.textinput) result.playlist.gateway = read_gateway(context, parts.textinput);
  for (const auto element : in_order(context, parts)) {
    if (auto item = read_item(context, element)) result.playlist.items.push_back(std::move(*item));
  }
  result.warnings = context.warnings.list();
  return result;
}

}  // namespace alluvium::playlist
