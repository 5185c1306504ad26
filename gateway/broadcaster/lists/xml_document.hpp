#pragma once

#include "core/base/result.hpp"

#include <string>
#include <string_view>

#include <pugixml.hpp>

namespace alluvium::broadcaster {

/// Parses XML under the same limits as a playlist; the error names line and column.
[[nodiscard]] Status load_xml(std::string_view text, pugi::xml_document& document);

/// An element's name without its prefix: in lists and feeds the prefixes are the same everywhere,
/// and where they are not the local names still tell.
[[nodiscard]] std::string_view local_name(pugi::xml_node element);

/// The first child of that local name; with `prefix` only one that is written with it.
[[nodiscard]] pugi::xml_node child_of(pugi::xml_node element, std::string_view local,
                                      std::string_view prefix = {});

/// All text in the element on one line.
[[nodiscard]] std::string line_of(pugi::xml_node element);

}  // namespace alluvium::broadcaster
