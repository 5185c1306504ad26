#pragma once

#include <string_view>

#include <pugixml.hpp>

namespace alluvium::playlist {

/// The vocabularies a playlist is written in, one per namespace.
enum class Vocabulary { none, rdf, rss, dc, ev, mm, sy, enc };

/// An element's name as namespaces understand it: the prefix is only a way to write it.
struct Name {
  Vocabulary vocabulary = Vocabulary::none;
  std::string_view local;

  bool operator==(const Name&) const = default;
};

/// The name of `element`, its prefix resolved by the nearest `xmlns` declaration on it or above it
/// (Namespaces in XML 1.0 §6). Valid as long as the document.
[[nodiscard]] Name name_of(pugi::xml_node element);

/// The attribute of that name, or an empty one. An attribute without prefix is in no namespace;
/// RSS in the wild writes some of them so, and they are taken for the element's own.
[[nodiscard]] pugi::xml_attribute attribute_of(pugi::xml_node element, Vocabulary vocabulary,
                                               std::string_view local);

}  // namespace alluvium::playlist
