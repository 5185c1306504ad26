#pragma once

#include "core/base/result.hpp"
#include "core/http/headers.hpp"
#include "core/http/url.hpp"

#include <chrono>
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

/// How long a client is willing to wait: `wait` in its `Prefer` fields (RFC 7240 §4.3), of several
/// the first. Nothing if it does not say, or does not say it well. At most `longest_wait`.
inline constexpr std::chrono::seconds longest_wait{60};
[[nodiscard]] std::optional<std::chrono::seconds> preferred_wait(const http::Headers& headers);

}  // namespace alluvium::gateway
