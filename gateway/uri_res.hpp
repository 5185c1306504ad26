#pragma once

#include "core/http/handler.hpp"
#include "gateway/file_version.hpp"
#include "gateway/locations.hpp"

namespace alluvium::gateway {

/// N2X: the leaf row, whole or the asked range of it. It is the same for ever, so validators and
/// caching need nothing but the name (RFC 9110 §13-14).
[[nodiscard]] http::Response leaf_row_answer(const http::Request& request, const FileVersion& file);
/// N2C: what is known of the file, as JSON.
[[nodiscard]] http::Response characteristics_answer(const FileVersion& file,
                                                    const Locations& locations);
/// N2Ls: all its places (RFC 2169, `text/uri-list` of RFC 2483).
[[nodiscard]] http::Response locations_answer(const hash::TreeRoot& root,
                                              const Locations& locations);
/// N2L and N2R: sends the client to the origin; 404 if the name is no longer what the origin has.
[[nodiscard]] http::Response redirect_answer(const http::Request& request,
                                             const Locations& locations);

/// The name a request to /uri-res is about: its whole query.
[[nodiscard]] std::optional<hash::TreeRoot> asked_name(const http::Request& request);

}  // namespace alluvium::gateway
