#pragma once

#include "core/http/handler.hpp"
#include "gateway/file_version.hpp"
#include "gateway/locations.hpp"

namespace alluvium::gateway {

/// At most so many places of a file are named in one answer's head.
inline constexpr std::size_t most_locations = 16;

/// The answer to `GET /gateway/head`: names, tree and places of the file in the head, what is known
/// of it as JSON in the body.
[[nodiscard]] http::Response head_answer(const FileVersion& file, const Locations& locations);

/// And in one for who prefers `return=minimal`: enough to find the others if we are never heard of
/// again.
inline constexpr std::size_t most_peers_in_short = 4;

/// The same for who prefers `return=minimal`, a third of it: of the file's places only some peers
/// are named, in the body.
[[nodiscard]] http::Response short_head_answer(const FileVersion& file,
                                               std::vector<std::string> peers);

/// The answer to `HEAD /gateway/head`: the head that the file itself has at its origin, with its
/// digest (RFC 9530), and all that the other form has. Its length is that of the file.
[[nodiscard]] http::ResponseHead file_head(const FileVersion& file, const Locations& locations);

/// `{uri, urn, sha256, length, type, etag, last_modified, duration_ms, seconds, peers, mirrors}`.
[[nodiscard]] std::string characteristics(const FileVersion& file, const Locations& locations);

}  // namespace alluvium::gateway
