#pragma once

#include "core/base/bytes.hpp"
#include "core/hash/digest.hpp"

#include <string_view>

namespace alluvium::hash {

/// HMAC-SHA-256 (RFC 2104, FIPS 198-1).
[[nodiscard]] Digest hmac_sha256(ByteView key, ByteView message);

/// For secrets: takes the same time wherever texts of the same length differ.
[[nodiscard]] bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace alluvium::hash
