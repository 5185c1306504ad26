#pragma once

#include <array>
#include <charconv>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace alluvium {

/// Without leading and trailing blanks, tabs and line ends.
[[nodiscard]] std::string_view trimmed(std::string_view text);

/// ASCII only, independent of the locale.
[[nodiscard]] std::string to_lower(std::string_view text);
[[nodiscard]] std::string to_upper(std::string_view text);
[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b);

/// The parts between separators, untrimmed; a text without separator is one part.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);

/// Decimal digits only: no sign, no blanks, no overflow, nothing left over.
[[nodiscard]] std::optional<std::uint64_t> parse_uint(std::string_view text);

/// In decimal.
template <std::integral Number>
void append_number(std::string& text, Number number) {
  std::array<char, 20> digits;  // As many as the longest has, or its sign.
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  text.append(digits.data(), end);
}

/// `%41` → `A`. A `%` without two hexadecimal digits makes the whole text invalid. `+` stays `+`.
[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view text);

/// Everything but RFC 3986's unreserved characters as `%41`.
[[nodiscard]] std::string percent_encoded(std::string_view text);

/// For log lines and pages: control characters and bytes that are not UTF-8 as `\xNN`, cut after
/// `limit` bytes with an ellipsis.
[[nodiscard]] std::string printable(std::string_view text, std::size_t limit = 200);

/// `text` itself if it is well-formed UTF-8, else with each bad byte replaced by U+FFFD.
[[nodiscard]] std::string valid_utf8(std::string_view text);

/// `& < > " '` as entities: for HTML and for XML written by hand.
[[nodiscard]] std::string escaped_markup(std::string_view text);

/// The candidate with the fewest edits from `word`, if that is at most a third of its length + 1.
[[nodiscard]] std::optional<std::string_view> nearest(std::string_view word,
                                                      std::span<const std::string_view> candidates);

/// "1.5 MB" (decimal units), for people.
[[nodiscard]] std::string human_bytes(std::uint64_t bytes);

}  // namespace alluvium
