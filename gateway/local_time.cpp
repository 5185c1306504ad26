#include "gateway/local_time.hpp"

#include <array>
#include <ctime>

namespace alluvium::gateway {

std::string local_time(WallTime time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(
      std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::time_point(
          std::chrono::duration_cast<std::chrono::system_clock::duration>(
              time.time_since_epoch()))));
  std::tm parts{};
  if (localtime_r(&seconds, &parts) == nullptr) return "an unknown time";
  std::array<char, 64> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S %Z", &parts)};
}

}  // namespace alluvium::gateway
