#include "core/http/priority.hpp"

#include "core/base/text.hpp"

namespace alluvium::http {

Urgency urgency_of(const Headers& headers) {
  Urgency said = usual_urgency;
  for (const auto field : headers.find_all("Priority")) {
    for (const auto member : split(field, ',')) {
      // Parameters of a member are left aside.
      const auto setting = trimmed(split(member, ';').front());
      if (setting.size() == 3 && setting.starts_with("u=") && setting[2] >= '0' &&
          setting[2] <= '7') {
        said = static_cast<Urgency>(setting[2] - '0');
      }
    }
  }
  return said;
}

std::string format_priority(Urgency urgency) {
  return "u=" + std::to_string(urgency);
}

}  // namespace alluvium::http
