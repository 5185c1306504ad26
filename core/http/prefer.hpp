#pragma once

#include "core/http/headers.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace alluvium::http {

/// How long a client is willing to wait: `wait` in its `Prefer` fields (RFC 7240 §4.3).
struct WaitPreference {
  std::chrono::seconds wait{};  ///< At most `longest_wait`.
  /// The parameter `ticket`: its place among those who wait for the same. None if it says none, or
  /// no number.
  std::optional<std::uint64_t> ticket;
};

inline constexpr std::chrono::seconds longest_wait{60};
/// Of several the first. Nothing if the client does not say, or does not say it well.
[[nodiscard]] std::optional<WaitPreference> preferred_wait(const Headers& headers);

/// Whether the client wants no more said than it needs: `return=minimal` in its `Prefer` fields
/// (RFC 7240 §4.2).
[[nodiscard]] bool prefers_minimal(const Headers& headers);

}  // namespace alluvium::http
