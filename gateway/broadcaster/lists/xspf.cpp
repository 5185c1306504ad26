#include "gateway/broadcaster/lists/lists.hpp"
#include "gateway/broadcaster/lists/xml_document.hpp"

#include <utility>

namespace alluvium::broadcaster {

Result<std::vector<ListEntry>> parse_xspf(std::string_view text) {
  pugi::xml_document document;
  if (const auto loaded = load_xml(text, document); !loaded) return loaded.error();
  const pugi::xml_node root = document.document_element();
  if (local_name(root) != "playlist") return Error{"it is XML, but no XSPF playlist"};
  std::vector<ListEntry> entries;
  for (const pugi::xml_node track : child_of(root, "trackList").children()) {
    if (local_name(track) != "track") continue;
    if (entries.size() == max_list_entries) return Error{"it has too many entries"};
    ListEntry entry{.location = line_of(child_of(track, "location")), .is_uri = true};
    if (entry.location.empty()) continue;
    entry.title = line_of(child_of(track, "title"));
    entry.creator = line_of(child_of(track, "creator"));
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace alluvium::broadcaster
