#include "gateway/broadcaster/zone/zone.hpp"

#include "core/base/text.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <exception>

#include <date/tz.h>

namespace alluvium::broadcaster {

namespace {

using std::chrono::milliseconds;

/// The library has a local time of its own, older than the language's.
date::local_time<milliseconds> older(LocalTime local) {
  return date::local_time<milliseconds>(local.time_since_epoch());
}

}  // namespace

Result<Zone> Zone::find(const std::string& name) {
  try {
    return Zone(*date::locate_zone(name));
  } catch (const std::exception&) {
    return Error{"there is no time zone " + printable(name) +
                 "; they are called as Europe/Berlin is, and stand in /usr/share/zoneinfo"};
  }
}

Zone Zone::of_this_machine() {
  const char* chosen = std::getenv("TZ");
  if (chosen != nullptr && *chosen != '\0') {
    if (const auto zone = find(*chosen == ':' ? chosen + 1 : chosen)) return *zone;
  }
  try {
    return Zone(*date::current_zone());
  } catch (const std::exception&) {
    return Zone(*date::locate_zone("Etc/UTC"));
  }
}

const std::string& Zone::name() const {
  return zone_->name();
}

WallTime Zone::instant_of(LocalTime local) const {
  const auto info = zone_->get_info(older(local));
  if (info.result == date::local_info::nonexistent) return info.first.end;
  return WallTime(local.time_since_epoch() - info.first.offset);
}

bool Zone::is_missing(LocalTime local) const {
  return zone_->get_info(older(local)).result == date::local_info::nonexistent;
}

LocalTime Zone::local(WallTime time) const {
  return LocalTime(time.time_since_epoch() + zone_->get_info(time).offset);
}

WallTime Zone::day_start(WallTime time) const {
  return instant_of(LocalTime(std::chrono::floor<std::chrono::days>(local(time))));
}

std::vector<WallTime> Zone::changes_after(WallTime time, std::size_t most) const {
  std::vector<WallTime> changes;
  const WallTime latest = time + std::chrono::years(2);
  while (changes.size() < most) {
    const auto before = zone_->get_info(time);
    time = before.end;
    if (time >= latest) break;
    // Some changes are of the name alone.
    if (zone_->get_info(time).offset != before.offset) changes.push_back(time);
  }
  return changes;
}

std::string Zone::text(WallTime time) const {
  static constexpr std::array names{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  const auto shown = std::chrono::floor<std::chrono::seconds>(local(time));
  const auto day = std::chrono::floor<std::chrono::days>(shown);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(shown - day);
  std::array<char, 96> text{};
  std::snprintf(text.data(), text.size(), "%s %04d-%02u-%02u %02d:%02d:%02d %s",
                names[std::chrono::weekday(day).c_encoding()], static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()), zone_->get_info(time).abbrev.c_str());
  return text.data();
}

}  // namespace alluvium::broadcaster
