#include "core/base/text.hpp"
#include "gateway/broadcaster/grid/grid_file.hpp"

namespace alluvium::broadcaster {

std::optional<std::chrono::seconds> parse_time_of_day(std::string_view text) {
  const auto parts = split(text, ':');
  if (parts.size() < 2 || parts.size() > 3) return std::nullopt;
  std::chrono::seconds time{};
  for (std::size_t i = 0; i < 3; ++i) {
    const auto number = i < parts.size() ? parse_uint(parts[i]) : 0;
    const bool is_written_well = i == 0 || i >= parts.size() || parts[i].size() == 2;
    if (!number || *number > (i == 0 ? 24U : 59U) || !is_written_well) return std::nullopt;
    time = time * 60 + std::chrono::seconds(*number);
  }
  if (time > std::chrono::hours(24)) return std::nullopt;
  return time;
}

std::optional<std::chrono::seconds> parse_length(std::string_view text) {
  constexpr std::uint64_t most = 7 * 24 * 3'600;
  std::uint64_t total = 0;
  std::uint64_t last_unit = most + 1;
  while (!text.empty()) {
    const std::size_t digits = text.find_first_not_of("0123456789");
    if (digits == std::string_view::npos) return std::nullopt;
    const auto number = parse_uint(text.substr(0, digits));
    const char letter = text[digits];
    const std::uint64_t unit = letter == 'h' ? 3'600 : letter == 'm' ? 60 : letter == 's' ? 1 : 0;
    if (!number || *number > most || unit == 0 || unit >= last_unit) return std::nullopt;
    total += *number * unit;
    last_unit = unit;
    text.remove_prefix(digits + 1);
  }
  if (total == 0 || total > most) return std::nullopt;
  return std::chrono::seconds(total);
}

}  // namespace alluvium::broadcaster
