#pragma once

#include "core/base/result.hpp"
#include "core/http/url.hpp"

#include <optional>
#include <string_view>

namespace alluvium::gateway {

/// The file a request is about: the parameter `uri` of its query. A value that begins with `http:`
/// or `https:` is raw and goes to the end of the query, `&` included, undecoded, as the Open
/// Content Network's clients wrote it. Any other ends at `&` and is percent-decoded once; `+` stays
/// `+`.
[[nodiscard]] Result<http::Url> parse_uri_parameter(std::string_view query);

/// The value of the first parameter `name`, up to the next `&`, undecoded.
[[nodiscard]] std::optional<std::string_view> query_parameter(std::string_view query,
                                                              std::string_view name);

}  // namespace alluvium::gateway
