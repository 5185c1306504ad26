#pragma once

#include "core/playlist/rss_reader.hpp"
#include "gateway/broadcaster/check/air_check.hpp"
#include "gateway/broadcaster/check/finding.hpp"
#include "gateway/broadcaster/console.hpp"
#include "gateway/broadcaster/web/web.hpp"
#include "gateway/broadcaster/zone/zone.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace alluvium::broadcaster {

/// How a station is checked.
struct CheckOptions {
  std::string station;  ///< A file, or the URL of a playlist.
  std::chrono::days days{7};
  bool reads_whole = false;  ///< Whether every file is fetched as a whole and measured.
  unsigned jobs = 8;         ///< Files looked at at the same time.
};

/// All that was found out about a station. Value type.
struct StationReport {
  std::string station;
  std::string title;
  WallTime checked_at;
  WallTime until;         ///< The end of the days looked at.
  std::size_t files = 0;  ///< How many were looked at.
  /// Days further on, on which clocks are set, that the playlist does not reach yet.
  std::vector<WallTime> unreached;
  Findings findings;  ///< By the time at which they are heard, those without one first.

  [[nodiscard]] std::size_t count(Severity severity) const {
    return static_cast<std::size_t>(
        std::count_if(findings.begin(), findings.end(),
                      [&](const Finding& finding) { return finding.severity == severity; }));
  }
};

/// Makes a Web for one thread.
using WebMaker = std::function<std::unique_ptr<Web>()>;

/// Proves what will go on air: reads the playlist, looks at its times, and at every file of the
/// coming days where listeners will look for it. A playlist that cannot be read is a finding, too.
[[nodiscard]] StationReport check_station(const CheckOptions& options, WallTime now,
                                          const Zone& zone, const WebMaker& make_web,
                                          Console& console);

}  // namespace alluvium::broadcaster
