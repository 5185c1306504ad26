#pragma once

#include "core/base/result.hpp"
#include "core/time/clock.hpp"

#include <string>
#include <string_view>

namespace alluvium {

/// An instant as written in a playlist, and whether its time zone was missing (read as UTC then).
struct W3cInstant {
  WallTime time;
  bool zone_missing = false;
};

/// Reads the W3C date and time formats (https://www.w3.org/TR/NOTE-datetime): `YYYY`, `YYYY-MM`,
/// `YYYY-MM-DD`, `…Thh:mmTZD`, `…Thh:mm:ssTZD`, `…Thh:mm:ss.sTZD` with TZD `Z`, `+hh:mm` or
/// `-hh:mm`. Surrounding blanks are ignored. Second 60 is read as the following second 0; fractions
/// are cut to milliseconds. Years 1 to 9999, also in UTC. A date alone has no zone. Everything else
/// is an error that quotes the text.
[[nodiscard]] Result<W3cInstant> parse_w3cdtf(std::string_view text);

/// `2026-11-22T05:38:45Z`, with `.mmm` before the `Z` only if the milliseconds are not zero.
/// Instants outside the years 1 to 9999 are written as the nearest one inside.
[[nodiscard]] std::string format_w3cdtf(WallTime time);

}  // namespace alluvium
