#pragma once

#include "core/base/result.hpp"
#include "core/playlist/line_index.hpp"

#include <cstddef>
#include <string_view>

namespace alluvium::playlist {

/// Elements, attributes and pieces of text in one document: what a tree of it costs in memory.
inline constexpr std::size_t max_playlist_nodes = 400'000;
inline constexpr std::size_t max_element_attributes = 32;

/// Walks over an XML document without building anything, and refuses what would make building
/// dear: too deep, too many nodes, a document type. It refuses as well what a lenient parser lets
/// pass: control characters, more or less than one root element, text outside of it, an end too
/// early. That start and end tags have the same names is left to the parser. `text` is UTF-8, and
/// `lines` its index. An HTML page is told from other XML that is not a playlist.
[[nodiscard]] Status prescan_xml(std::string_view text, const LineIndex& lines);

/// The sentence for a web page, which is what a mistyped address often gives.
[[nodiscard]] Error html_page_error();
[[nodiscard]] Error not_xml_error(const LineIndex& lines, std::size_t offset,
                                  std::string_view what);

}  // namespace alluvium::playlist
