#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace alluvium::sim {

/// Answers that a server has sent, whole or not.
struct Sent {
  std::uint64_t answers = 0;
  std::uint64_t head_bytes = 0;
  std::uint64_t body_bytes = 0;
};

/// All of them, by method and path.
using Traffic = std::map<std::string, Sent>;

}  // namespace alluvium::sim
