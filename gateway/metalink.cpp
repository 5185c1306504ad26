#include "gateway/metalink.hpp"

#include "core/base/text.hpp"
#include "core/hash/digest.hpp"

#include <algorithm>

namespace alluvium::gateway {

namespace {

constexpr std::size_t longest_name = 200;

std::string url_element(std::string_view url, std::size_t priority) {
  return "    <url priority=\"" + std::to_string(priority) + "\">" + escaped_markup(url) +
         "</url>\n";
}

void cut_at_character(std::string& text, std::size_t limit) {
  if (text.size() <= limit) return;
  const auto continues = [&](std::size_t at) {
    return (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80;
  };
  while (limit > 0 && continues(limit)) --limit;
  text.resize(limit);
}

}  // namespace

std::string file_name_of(const http::Url& url) {
  const std::string_view path = url.path();
  const auto segment = path.substr(path.rfind('/') + 1);
  std::string name = valid_utf8(percent_decoded(segment).value_or(std::string(segment)));
  std::erase_if(name, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f || c == '/' || c == '\\' || c == ':';
  });
  name.erase(0, std::min(name.find_first_not_of(". "), name.size()));
  cut_at_character(name, longest_name);
  return name.empty() ? "file" : name;
}

std::string metalink_path(const http::Url& file) {
  // Raw, since it begins with `http`; it is the last parameter for that reason.
  return "/gateway/metalink?uri=" + file.text();
}

std::string metalink_document(const FileVersion& file, const Locations& locations) {
  std::string xml =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<metalink xmlns=\"urn:ietf:params:xml:ns:metalink\">\n"
      "  <file name=\"" +
      escaped_markup(file_name_of(file.url)) + "\">\n    <size>" +
      std::to_string(file.facts.length) + "</size>\n";
  if (file.facts.sha256) {
    xml += "    <hash type=\"sha-256\">" + hash::hex(*file.facts.sha256) + "</hash>\n";
  }
  if (!file.pieces.empty()) {
    xml += "    <pieces length=\"" + std::to_string(file.piece_bytes) + "\" type=\"sha-256\">\n";
    for (const auto& piece : file.pieces) xml += "      <hash>" + hash::hex(piece) + "</hash>\n";
    xml += "    </pieces>\n";
  }
  std::size_t priority = 1;
  const std::size_t peers = std::min(locations.peers.size(), most_metalink_peers);
  for (std::size_t i = 0; i < peers; ++i) xml += url_element(locations.peers[i], priority++);
  for (const auto& mirror : locations.mirrors) xml += url_element(mirror.text(), priority++);
  for (const auto& origin : locations.origins) xml += url_element(origin.text(), priority++);
  return xml + "  </file>\n</metalink>\n";
}

}  // namespace alluvium::gateway
