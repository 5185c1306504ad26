#pragma once

#include "core/base/bytes.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace alluvium::hash {

/// The 32 bytes of a SHA-256 value.
using Digest = std::array<std::uint8_t, 32>;

/// Incremental SHA-256 (FIPS 180-4). Reusable: `finish` resets it. Movable, not for several
/// threads.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  Sha256& update(ByteView bytes);
  Sha256& update(std::uint8_t byte) { return update(ByteView(&byte, 1)); }
  [[nodiscard]] Digest finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

[[nodiscard]] Digest sha256(ByteView bytes);

/// Lower-case hexadecimal, and back (any case, 64 digits).
[[nodiscard]] std::string hex(const Digest& digest);
[[nodiscard]] std::optional<Digest> digest_from_hex(std::string_view text);

/// RFC 4648 base32, upper case, unpadded (52 characters), and back (any case; the four unused bits
/// of the last character must be zero).
[[nodiscard]] std::string base32(const Digest& digest);
[[nodiscard]] std::optional<Digest> digest_from_base32(std::string_view text);

/// RFC 4648 base64 with padding, as `Repr-Digest` (RFC 9530) carries it.
[[nodiscard]] std::string base64(const Digest& digest);

}  // namespace alluvium::hash
