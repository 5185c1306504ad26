#include "tests/sim/scenario.hpp"

#include "tests/sim/world.hpp"

#include <algorithm>
#include <cmath>

namespace alluvium::sim {

double Outcome::copies() const {
  return static_cast<double>(origin_bytes) / static_cast<double>(file_bytes);
}

double Outcome::egress_copies() const {
  return static_cast<double>(origin_bytes + gateway_bytes) / static_cast<double>(file_bytes);
}

double Outcome::beyond_percent() const {
  if (held_bytes == 0) return 0;
  return 100.0 * (static_cast<double>(received_bytes) / static_cast<double>(held_bytes) - 1);
}

double Outcome::gateway_bytes_per_listener(std::uint32_t listeners) const {
  return listeners == 0 ? 0 : static_cast<double>(gateway_bytes) / listeners;
}

Duration Outcome::first_sound(double quantile) const {
  if (first_sounds.empty()) return {};
  const auto rank =
      static_cast<std::size_t>(std::ceil(quantile * static_cast<double>(first_sounds.size())));
  return first_sounds[std::clamp<std::size_t>(rank, 1, first_sounds.size()) - 1];
}

Outcome run(const Scenario& scenario) {
  const auto began = std::chrono::steady_clock::now();
  Outcome outcome = World(scenario).run();
  outcome.wall_seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  return outcome;
}

}  // namespace alluvium::sim
