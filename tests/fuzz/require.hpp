#pragma once

#include <cstdlib>

namespace alluvium::fuzz {

/// What has to hold of whatever a target reads: a fuzzer takes an abort for a find.
inline void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace alluvium::fuzz
