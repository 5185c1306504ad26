#pragma once

#include "core/time/clock.hpp"

#include <optional>
#include <string>
#include <vector>

namespace alluvium::broadcaster {

/// How bad it is.
enum class Severity {
  problem,  ///< Something will be heard wrongly, or not at all.
  doubt,    ///< It will be heard, but not by everybody or not at its best.
};

/// Something that was found out about a station before it is heard. Value type.
struct Finding {
  Severity severity = Severity::problem;
  std::string kind;            ///< One word for programs, such as `gap`.
  std::optional<WallTime> at;  ///< When it will be heard; none if that has no time.
  std::string url;             ///< Of the file it is about; empty if it is about none.
  std::string sentence;        ///< For the owner, without a full stop and without the time.

  bool operator==(const Finding&) const = default;
};

using Findings = std::vector<Finding>;

}  // namespace alluvium::broadcaster
