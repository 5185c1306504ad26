#pragma once

#include "core/base/byte_range.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alluvium::gateway {

/// Which bytes of a file a listener holds. Value type.
struct Availability {
  bool complete = false;
  std::vector<ByteRange> ranges;  ///< Ascending, apart from each other; empty if complete.

  /// Reads `all`, `none` or `bytes 0-65535,131072-163839`.
  static std::optional<Availability> parse(std::string_view text);
  /// As `parse` reads it.
  [[nodiscard]] std::string text() const;
  void append_to(std::string& text) const;

  [[nodiscard]] bool none() const { return !complete && ranges.empty(); }
  /// Whether everything `other` has is here as well.
  [[nodiscard]] bool covers(const Availability& other) const;
  bool operator==(const Availability&) const = default;
};

}  // namespace alluvium::gateway
