#include "gateway/file_version.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <cstring>

namespace alluvium::gateway {

namespace {

constexpr std::size_t longest_value = 256;

std::string safe_value(const http::Headers& headers, std::string_view name) {
  const auto value = headers.find(name);
  if (!value || value->size() > longest_value) return {};
  const bool visible =
      std::all_of(value->begin(), value->end(), [](char c) { return c >= ' ' && c <= '~'; });
  return visible ? std::string(trimmed(*value)) : std::string();
}

/// What the origin calls the file, unless that says nothing: servers name what they do not know
/// `text/plain` or `application/octet-stream`.
std::string best_type(std::string origin_type, const std::string& by_content) {
  origin_type = to_lower(trimmed(std::string_view(origin_type).substr(0, origin_type.find(';'))));
  const bool vague = origin_type.find('/') == std::string::npos || origin_type == "text/plain" ||
                     origin_type == "application/octet-stream";
  return vague && !by_content.empty() ? by_content : origin_type;
}

}  // namespace

FileVersion make_file_version(const http::Url& url, media::ScannedFile scanned,
                              const http::Headers& origin_headers) {
  FileVersion file;
  file.url = url;
  file.facts = std::move(scanned.facts);
  file.facts.uri = url.text();
  file.facts.root = scanned.row.root();
  file.facts.sha256 = scanned.sha256;
  file.facts.length = scanned.row.layout().length();
  file.facts.type = best_type(safe_value(origin_headers, "Content-Type"), file.facts.type);
  file.facts.etag = safe_value(origin_headers, "ETag");
  file.facts.last_modified = safe_value(origin_headers, "Last-Modified");
  file.leaves = Slice(to_bytes(scanned.row.raw()));
  file.piece_bytes = scanned.piece_bytes;
  file.pieces = std::move(scanned.pieces);
  return file;
}

Result<FileVersion> restore_file_version(std::string_view facts_json, ByteView leaves,
                                         std::uint64_t piece_bytes, ByteView pieces) {
  auto facts = media::parse_file_facts(facts_json);
  if (!facts) return facts.error();
  if (!facts->root || !facts->sha256) return Error{"a kept file has no name"};
  auto url = http::Url::parse(facts->uri);
  if (!url) return url.error();
  const auto row = hash::LeafRow::parse(leaves, *facts->root, facts->length);
  if (!row) return row.error();
  const std::uint64_t wanted_pieces =
      piece_bytes == 0 ? 0 : facts->length / piece_bytes + (facts->length % piece_bytes != 0);
  if (pieces.size() % sizeof(hash::Digest) != 0 ||
      pieces.size() / sizeof(hash::Digest) != wanted_pieces) {
    return Error{"a kept file has " + std::to_string(pieces.size() / sizeof(hash::Digest)) +
                 " piece hashes where it needs " + std::to_string(wanted_pieces)};
  }
  FileVersion file;
  file.url = std::move(*url);
  file.facts = std::move(*facts);
  file.leaves = Slice(to_bytes(leaves));
  file.piece_bytes = piece_bytes;
  file.pieces.resize(wanted_pieces);
  if (wanted_pieces > 0) std::memcpy(file.pieces.data(), pieces.data(), pieces.size());
  return file;
}

}  // namespace alluvium::gateway
