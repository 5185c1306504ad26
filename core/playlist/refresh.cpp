#include "core/playlist/refresh.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <array>

namespace alluvium::playlist {

namespace {

struct Period {
  std::string_view word;
  std::uint64_t seconds;
};

constexpr std::array periods = {
    Period{"hourly", 3600},         Period{"daily", 86'400},        Period{"weekly", 7 * 86'400},
    Period{"monthly", 30 * 86'400}, Period{"yearly", 365 * 86'400},
};

}  // namespace

std::optional<std::chrono::seconds> interval_of(const UpdateRhythm& rhythm) {
  if (rhythm.frequency == 0) return std::nullopt;
  for (const auto& period : periods) {
    if (!equal_ignoring_case(rhythm.period, period.word)) continue;
    const std::uint64_t interval = std::max<std::uint64_t>(period.seconds / rhythm.frequency, 1);
    return std::chrono::seconds(interval);
  }
  return std::nullopt;
}

UpdateRhythm rhythm_of(std::chrono::seconds interval) {
  const auto seconds = static_cast<std::uint64_t>(interval.count());
  for (const auto& period : periods) {
    const std::uint64_t frequency = period.seconds / seconds;
    if (frequency > 0 && period.seconds / frequency == seconds) return {period.word, frequency};
  }
  const Period& year = periods.back();
  return {year.word, (year.seconds + seconds - 1) / seconds};
}

}  // namespace alluvium::playlist
