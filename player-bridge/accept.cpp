#include "player-bridge/accept.hpp"

#include "core/base/text.hpp"

#include <string>

namespace alluvium::bridge {

bool names_type(std::string_view accept, std::string_view type) {
  const std::string wanted = to_lower(type);
  const std::string any_of_kind = wanted.substr(0, wanted.find('/')) + "/*";
  for (const std::string_view range : split(accept, ',')) {
    const std::string name = to_lower(trimmed(range.substr(0, range.find(';'))));
    if (name == wanted || name == any_of_kind) return true;
  }
  return false;
}

}  // namespace alluvium::bridge
