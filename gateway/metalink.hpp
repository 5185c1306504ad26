#pragma once

#include "core/http/url.hpp"
#include "gateway/file_version.hpp"
#include "gateway/locations.hpp"

#include <string>

namespace alluvium::gateway {

inline constexpr std::size_t most_metalink_peers = 8;

/// A Metalink description (RFC 5854) of the file. `locations.peers` must hold complete peers only:
/// common clients give a source up at the first chunk it does not have.
[[nodiscard]] std::string metalink_document(const FileVersion& file, const Locations& locations);

/// The path under which this gateway serves it: `/gateway/metalink?uri=…`.
[[nodiscard]] std::string metalink_path(const http::Url& file);

/// The last segment of the URL's path, decoded, without anything that could lead out of a folder,
/// hide the file or garble a terminal; `file` if nothing is left. At most 200 bytes of UTF-8.
[[nodiscard]] std::string file_name_of(const http::Url& url);

}  // namespace alluvium::gateway
