#pragma once

#include "core/time/w3cdtf.hpp"

#include <string>

namespace alluvium::test {

/// The instant that a text in W3CDTF says; one without a zone is UTC.
[[nodiscard]] inline WallTime instant(const std::string& text) {
  return parse_w3cdtf(text)->time;
}

}  // namespace alluvium::test
