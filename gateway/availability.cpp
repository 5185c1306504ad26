#include "gateway/availability.hpp"

#include "core/http/range.hpp"

#include <algorithm>

namespace alluvium::gateway {

std::optional<Availability> Availability::parse(std::string_view text) {
  if (text == "all") return Availability{true, {}};
  auto ranges = http::parse_available_ranges(text);
  if (!ranges) return std::nullopt;
  return Availability{false, std::move(*ranges)};
}

std::string Availability::text() const {
  std::string text;
  append_to(text);
  return text;
}

void Availability::append_to(std::string& text) const {
  if (complete) {
    text += "all";
  } else {
    http::append_available_ranges(text, ranges);
  }
}

bool Availability::covers(const Availability& other) const {
  if (complete) return true;
  if (other.complete) return false;
  return std::all_of(other.ranges.begin(), other.ranges.end(), [&](const ByteRange& wanted) {
    return std::any_of(ranges.begin(), ranges.end(),
                       [&](const ByteRange& held) { return held.contains(wanted); });
  });
}

}  // namespace alluvium::gateway
