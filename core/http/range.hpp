#pragma once

#include "core/base/byte_range.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace alluvium::http {

/// What a `Range` header (RFC 9110 §14.2) asks of a representation.
struct WholeFile {};  ///< No header, or one that must be ignored (other unit, not parseable).
struct ImpossibleRange {
};  ///< Answered by 416: begins at or after the end, `bytes=-0`, or several ranges.
using RangeRequest = std::variant<WholeFile, ByteRange, ImpossibleRange>;

/// Interprets a `Range` value for a file of `total` bytes; the result is clamped to it. 64-bit
/// checked.
[[nodiscard]] RangeRequest parse_range(std::optional<std::string_view> value, std::uint64_t total);

/// `bytes 0-99/1234` (RFC 9110 §14.4) in a 206: both range and total must be given and agree.
struct ContentRange {
  ByteRange range;
  std::uint64_t total = 0;
};
[[nodiscard]] std::optional<ContentRange> parse_content_range(std::string_view value);
[[nodiscard]] std::string format_content_range(ByteRange range, std::uint64_t total);

/// `bytes=0-99` for a request.
[[nodiscard]] std::string format_range(ByteRange range);

/// The value of `X-Available-Ranges` (Partial File Sharing Protocol): `bytes
/// 0-65535,131072-163839`, inclusive, or `none`. Reading bounds it: at most `max_available_ranges`
/// ranges, ascending and disjoint.
inline constexpr std::size_t max_available_ranges = 2'048;
[[nodiscard]] std::optional<std::vector<ByteRange>> parse_available_ranges(std::string_view value);
[[nodiscard]] std::string format_available_ranges(const std::vector<ByteRange>& ranges);
void append_available_ranges(std::string& text, const std::vector<ByteRange>& ranges);
/// The same without the unit, and nothing for none: `0-65535,131072-163839`.
void append_range_set(std::string& text, std::span<const ByteRange> ranges);

}  // namespace alluvium::http
