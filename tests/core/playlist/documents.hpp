#pragma once

#include "core/http/url.hpp"

#include <string>
#include <string_view>

namespace alluvium::playlist::tests {

inline http::Url base_url() {
  return http::Url::parse("http://station.example/radio/list.rss").value();
}

inline constexpr std::string_view rdf_head =
    R"(<rdf:RDF xmlns="http://purl.org/rss/1.0/")"
    R"( xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#")"
    R"( xmlns:dc="http://purl.org/dc/elements/1.1/")"
    R"( xmlns:ev="http://purl.org/rss/1.0/modules/event/")"
    R"( xmlns:mm="http://musicbrainz.org/mm/mm-2.0#")"
    R"( xmlns:sy="http://purl.org/rss/1.0/modules/syndication/")"
    R"( xmlns:enc="http://purl.oclc.org/net/rss_2.0/enc#">)";

/// A playlist on two lines: the root's tag, then `body`.
inline std::string document(std::string_view body) {
  return std::string(rdf_head) + "\n" + std::string(body) + "</rdf:RDF>";
}

/// A playlist with one item that has these elements.
inline std::string with_item(std::string_view elements) {
  return document("<channel/><item>" + std::string(elements) + "</item>");
}

/// A playlist whose channel has these elements.
inline std::string with_channel(std::string_view elements) {
  return document("<channel>" + std::string(elements) + "</channel>");
}

}  // namespace alluvium::playlist::tests
