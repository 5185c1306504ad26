#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace alluvium::playlist {

/// How often a playlist wants to be looked at, as RSS's syndication module says it: so many times
/// an hour, a day, a week, a month (30 days) or a year (365 days). Value type.
struct UpdateRhythm {
  std::string_view period;  ///< One of the five words.
  std::uint64_t frequency = 1;
};

/// The time between two looks, at least a second; nothing for an unknown word or a frequency of 0.
[[nodiscard]] std::optional<std::chrono::seconds> interval_of(const UpdateRhythm& rhythm);

/// The rhythm in the shortest period that says `interval` exactly; if none does, the nearest one
/// that looks more often. `interval` is positive.
[[nodiscard]] UpdateRhythm rhythm_of(std::chrono::seconds interval);

}  // namespace alluvium::playlist
