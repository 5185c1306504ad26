#include "core/playlist/namespaces.hpp"

#include <array>
#include <utility>

namespace alluvium::playlist {

namespace {

using Binding = std::pair<std::string_view, Vocabulary>;

constexpr std::array bindings = {
    Binding{"http://www.w3.org/1999/02/22-rdf-syntax-ns#", Vocabulary::rdf},
    Binding{"http://purl.org/rss/1.0/", Vocabulary::rss},
    Binding{"http://purl.org/dc/elements/1.1/", Vocabulary::dc},
    Binding{"http://purl.org/rss/1.0/modules/event/", Vocabulary::ev},
    Binding{"http://musicbrainz.org/mm/mm-2.0#", Vocabulary::mm},
    Binding{"http://musicbrainz.org/mm/mm-2.1#", Vocabulary::mm},
    Binding{"http://purl.org/rss/1.0/modules/syndication/", Vocabulary::sy},
    Binding{"http://purl.oclc.org/net/rss_2.0/enc#", Vocabulary::enc},
};

Vocabulary vocabulary_of(std::string_view uri) {
  for (const auto& [known, vocabulary] : bindings) {
    if (uri == known) return vocabulary;
  }
  return Vocabulary::none;
}

struct QualifiedName {
  std::string_view prefix;
  std::string_view local;
};

QualifiedName parts_of(std::string_view name) {
  const auto colon = name.find(':');
  if (colon == std::string_view::npos) return {{}, name};
  return {name.substr(0, colon), name.substr(colon + 1)};
}

/// Whether the attribute `name` declares `prefix`, the empty one being the default namespace.
bool declares(std::string_view name, std::string_view prefix) {
  constexpr std::string_view xmlns = "xmlns";
  if (name.substr(0, xmlns.size()) != xmlns) return false;
  name.remove_prefix(xmlns.size());
  if (prefix.empty()) return name.empty();
  return !name.empty() && name[0] == ':' && name.substr(1) == prefix;
}

Vocabulary resolve(pugi::xml_node element, std::string_view prefix) {
  for (; element; element = element.parent()) {
    for (const auto attribute : element.attributes()) {
      if (declares(attribute.name(), prefix)) return vocabulary_of(attribute.value());
    }
  }
  return Vocabulary::none;
}

}  // namespace

Name name_of(pugi::xml_node element) {
  const auto [prefix, local] = parts_of(element.name());
  return {resolve(element, prefix), local};
}

pugi::xml_attribute attribute_of(pugi::xml_node element, Vocabulary vocabulary,
                                 std::string_view local) {
  pugi::xml_attribute bare;
  for (const auto attribute : element.attributes()) {
    const auto name = parts_of(attribute.name());
    if (name.local != local) continue;
    if (name.prefix.empty()) {
      bare = attribute;
    } else if (resolve(element, name.prefix) == vocabulary) {
      return attribute;
    }
  }
  return bare;
}

}  // namespace alluvium::playlist
