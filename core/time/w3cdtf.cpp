#include "core/time/w3cdtf.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>

namespace alluvium {

namespace {

using namespace std::chrono;

constexpr WallTime first_instant = sys_days{year{1} / January / 1};
constexpr WallTime past_the_last = sys_days{year{10000} / January / 1};

/// Takes an instant apart from left to right. Each question consumes what it answers for, and a
/// wrong one leaves the reader where it was.
class InstantReader {
 public:
  explicit InstantReader(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  bool take(char c) {
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  /// Exactly `digits` decimal digits, their value within [low, high].
  std::optional<int> number(std::size_t digits, int low, int high) {
    if (rest_.size() < digits) return std::nullopt;
    int value = 0;
    for (const char c : rest_.substr(0, digits)) {
      if (c < '0' || c > '9') return std::nullopt;
      value = value * 10 + (c - '0');
    }
    if (value < low || value > high) return std::nullopt;
    rest_.remove_prefix(digits);
    return value;
  }

  /// One digit or more after a decimal point, cut to milliseconds.
  std::optional<milliseconds> fraction() {
    const std::size_t digits = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
    if (digits == 0) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      value = value * 10 + (i < digits ? rest_[i] - '0' : 0);
    }
    rest_.remove_prefix(digits);
    return milliseconds(value);
  }

 private:
  std::string_view rest_;
};

std::optional<sys_days> read_date(InstantReader& reader, bool& is_complete) {
  is_complete = false;
  const auto y = reader.number(4, 1, 9999);
  if (!y) return std::nullopt;
  if (!reader.take('-')) return sys_days{year{*y} / January / 1};
  const auto m = reader.number(2, 1, 12);
  if (!m) return std::nullopt;
  if (!reader.take('-')) return sys_days{year{*y} / *m / 1};
  const auto d = reader.number(2, 1, 31);
  if (!d) return std::nullopt;
  const year_month_day date = year{*y} / *m / *d;
  if (!date.ok()) return std::nullopt;
  is_complete = true;
  return sys_days{date};
}

std::optional<milliseconds> read_time_of_day(InstantReader& reader) {
  const auto h = reader.number(2, 0, 23);
  if (!h || !reader.take(':')) return std::nullopt;
  const auto m = reader.number(2, 0, 59);
  if (!m) return std::nullopt;
  milliseconds time = hours(*h) + minutes(*m);
  if (!reader.take(':')) return time;
  const auto s = reader.number(2, 0, 60);
  if (!s) return std::nullopt;
  time += seconds(*s);
  if (!reader.take('.')) return time;
  const auto fraction = reader.fraction();
  if (!fraction) return std::nullopt;
  return time + *fraction;
}

/// How far local time is ahead of UTC.
std::optional<minutes> read_zone(InstantReader& reader) {
  if (reader.take('Z')) return minutes(0);
  const bool ahead = reader.take('+');
  if (!ahead && !reader.take('-')) return std::nullopt;
  const auto h = reader.number(2, 0, 23);
  if (!h || !reader.take(':')) return std::nullopt;
  const auto m = reader.number(2, 0, 59);
  if (!m) return std::nullopt;
  const minutes offset = hours(*h) + minutes(*m);
  return ahead ? offset : -offset;
}

std::optional<W3cInstant> read_instant(std::string_view text) {
  InstantReader reader(text);
  bool has_day = false;
  const auto date = read_date(reader, has_day);
  if (!date) return std::nullopt;
  W3cInstant instant{*date, true};
  if (has_day && reader.take('T')) {
    const auto time_of_day = read_time_of_day(reader);
    if (!time_of_day) return std::nullopt;
    instant.time += *time_of_day;
    if (!reader.at_end()) {
      const auto zone = read_zone(reader);
      if (!zone) return std::nullopt;
      instant.time -= *zone;
      instant.zone_missing = false;
    }
  }
  // A zone can carry an instant of the first or last day out of the years that can be written.
  if (!reader.at_end() || instant.time < first_instant || instant.time >= past_the_last) {
    return std::nullopt;
  }
  return instant;
}

}  // namespace

Result<W3cInstant> parse_w3cdtf(std::string_view text) {
  if (const auto instant = read_instant(trimmed(text))) return *instant;
  return Error{"\"" + printable(text, 40) +
               "\" is not a W3C date and time like 2026-11-22T05:38:45Z"};
}

std::string format_w3cdtf(WallTime time) {
  time = std::clamp(time, first_instant, past_the_last - milliseconds(1));
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss clock{time - day};
  const auto fraction = static_cast<int>(clock.subseconds().count());

  std::array<char, 64> out{};
  int length = std::snprintf(
      out.data(), out.size(), "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()));
  std::string text(out.data(), static_cast<std::size_t>(length));
  if (fraction != 0) {
    length = std::snprintf(out.data(), out.size(), ".%03d", fraction);
    text.append(out.data(), static_cast<std::size_t>(length));
  }
  return text + "Z";
}

}  // namespace alluvium
