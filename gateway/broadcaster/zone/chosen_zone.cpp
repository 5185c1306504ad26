#include "gateway/broadcaster/zone/chosen_zone.hpp"

#include <stdexcept>

namespace alluvium::broadcaster {

Zone chosen_zone(const std::string& name) {
  if (name.empty()) return Zone::of_this_machine();
  const auto zone = Zone::find(name);
  if (!zone) throw std::runtime_error("--zone: " + zone.error().message);
  return *zone;
}

}  // namespace alluvium::broadcaster
