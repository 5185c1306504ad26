#include "core/http/range.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <limits>

namespace alluvium::http {

namespace {

constexpr std::uint64_t largest = std::numeric_limits<std::uint64_t>::max();

bool is_number(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// A number of any length; what does not fit is the largest value, which is beyond every file.
std::uint64_t saturated(std::string_view digits) {
  return parse_uint(digits).value_or(largest);
}

/// `first-last` or `first-` or `-length`; `last` is `largest` where it is open.
struct RangeSpec {
  bool is_suffix = false;
  std::uint64_t first = 0;  ///< The length, for a suffix.
  std::uint64_t last = largest;
};

std::optional<RangeSpec> parse_spec(std::string_view text) {
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto before = text.substr(0, dash);
  const auto after = text.substr(dash + 1);
  if (before.empty()) {
    if (!is_number(after)) return std::nullopt;
    return RangeSpec{true, saturated(after), largest};
  }
  if (!is_number(before)) return std::nullopt;
  RangeSpec spec{false, saturated(before), largest};
  if (after.empty()) return spec;
  if (!is_number(after)) return std::nullopt;
  spec.last = saturated(after);
  if (spec.last < spec.first) return std::nullopt;
  return spec;
}

RangeRequest clamp(RangeSpec spec, std::uint64_t total) {
  if (spec.is_suffix) {
    if (spec.first == 0 || total == 0) return ImpossibleRange{};
    return ByteRange{total - std::min(spec.first, total), total};
  }
  if (spec.first >= total) return ImpossibleRange{};
  return ByteRange{spec.first, std::min(spec.last, total - 1) + 1};
}

/// `first-last` with both ends, which fit.
std::optional<ByteRange> parse_closed(std::string_view text) {
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = parse_uint(text.substr(0, dash));
  const auto last = parse_uint(text.substr(dash + 1));
  if (!first || !last || *last < *first || *last == largest) return std::nullopt;
  return ByteRange{*first, *last + 1};
}

void append_closed(std::string& text, ByteRange range) {
  append_number(text, range.begin);
  text += '-';
  append_number(text, range.end - 1);
}

std::string format_closed(ByteRange range) {
  std::string text;
  append_closed(text, range);
  return text;
}

/// What stands after the unit `bytes` and `separator`.
std::optional<std::string_view> after_unit(std::string_view value, char separator) {
  constexpr std::string_view unit = "bytes";
  if (value.size() <= unit.size() || value[unit.size()] != separator) return std::nullopt;
  if (!equal_ignoring_case(value.substr(0, unit.size()), unit)) return std::nullopt;
  return value.substr(unit.size() + 1);
}

}  // namespace

RangeRequest parse_range(std::optional<std::string_view> value, std::uint64_t total) {
  if (!value) return WholeFile{};
  const auto set = after_unit(trimmed(*value), '=');
  if (!set) return WholeFile{};
  std::optional<RangeSpec> only;
  bool several = false;
  for (const auto element : split(*set, ',')) {
    // RFC 9110 §5.6.1: a recipient takes empty list elements and ignores them.
    if (trimmed(element).empty()) continue;
    const auto spec = parse_spec(trimmed(element));
    if (!spec) return WholeFile{};
    several = only.has_value();
    if (several) break;
    only = spec;
  }
  if (several) return ImpossibleRange{};
  if (!only) return WholeFile{};
  return clamp(*only, total);
}

std::optional<ContentRange> parse_content_range(std::string_view value) {
  const auto rest = after_unit(trimmed(value), ' ');
  if (!rest) return std::nullopt;
  const auto slash = rest->find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto range = parse_closed(rest->substr(0, slash));
  const auto total = parse_uint(rest->substr(slash + 1));
  if (!range || !total || range->end > *total) return std::nullopt;
  return ContentRange{*range, *total};
}

std::string format_content_range(ByteRange range, std::uint64_t total) {
  return "bytes " + format_closed(range) + "/" + std::to_string(total);
}

std::string format_range(ByteRange range) {
  return "bytes=" + format_closed(range);
}

std::optional<std::vector<ByteRange>> parse_available_ranges(std::string_view value) {
  value = trimmed(value);
  if (equal_ignoring_case(value, "none")) return std::vector<ByteRange>{};
  const auto set = after_unit(value, ' ');
  if (!set) return std::nullopt;
  const auto commas = static_cast<std::size_t>(std::count(set->begin(), set->end(), ','));
  if (commas >= max_available_ranges) return std::nullopt;
  std::vector<ByteRange> ranges;
  for (const auto element : split(*set, ',')) {
    const auto range = parse_closed(trimmed(element));
    if (!range || (!ranges.empty() && range->begin < ranges.back().end)) return std::nullopt;
    ranges.push_back(*range);
  }
  return ranges;
}

std::string format_available_ranges(const std::vector<ByteRange>& ranges) {
  std::string text;
  append_available_ranges(text, ranges);
  return text;
}

void append_available_ranges(std::string& text, const std::vector<ByteRange>& ranges) {
  if (ranges.empty()) {
    text += "none";
    return;
  }
  text += "bytes ";
  append_range_set(text, ranges);
}

void append_range_set(std::string& text, std::span<const ByteRange> ranges) {
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    if (i > 0) text += ',';
    append_closed(text, ranges[i]);
  }
}

}  // namespace alluvium::http
