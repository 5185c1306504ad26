#pragma once

#include "core/base/result.hpp"
#include "core/http/url.hpp"

#include <string_view>

namespace alluvium::broadcaster {

/// The address of a folder; a slash is put at its end.
[[nodiscard]] Result<http::Url> parse_base_url(std::string_view text);

/// The address of a gateway: as everywhere, either its base or the address that is looked up there.
[[nodiscard]] Result<http::Url> parse_gateway_url(std::string_view text);

}  // namespace alluvium::broadcaster
