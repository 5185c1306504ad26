#pragma once

#include "gateway/broadcaster/check/station_check.hpp"

#include <string>

namespace alluvium::broadcaster {

/// A line for each finding, with the local time, ten of a kind at most, and one that sums up.
[[nodiscard]] std::string report_text(const StationReport& report, const Zone& zone);

/// The same for programs: `{station, title, checked_at, until, zone, files, problems, doubts,
/// findings: [{severity, kind, at, at_local, url, sentence}]}`, instants in W3CDTF.
[[nodiscard]] std::string report_json(const StationReport& report, const Zone& zone);

}  // namespace alluvium::broadcaster
