#pragma once

#include "core/time/clock.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace alluvium::swarm {

/// One thing that is wrong now, as a sentence: what, and what happens instead.
struct Problem {
  std::string text;
  WallTime since;
};

/// All that is wrong now, by cause. Whoever meets a fault reports it under its own key and clears
/// that key when the fault is over; reporting again keeps the time at which it began. Read by the
/// page and `/status.json`.
class Problems {
 public:
  explicit Problems(const Clock& clock) : clock_(clock) {}

  void report(const std::string& key, std::string text);
  void clear(std::string_view key);
  /// Clears every key that begins so.
  void clear_all(std::string_view prefix);

  /// Problems with this URL are not shown until `show` is called as often: they matter only later.
  void hold_back(const std::string& url);
  void show(const std::string& url);

  /// Those that are shown, the oldest first.
  [[nodiscard]] std::vector<Problem> list() const;
  /// Changes with every change of the list, for whoever logs them.
  [[nodiscard]] std::uint64_t revision() const { return revision_; }

 private:
  const Clock& clock_;
  std::map<std::string, Problem, std::less<>> by_key_;
  std::multiset<std::string, std::less<>> held_back_;  ///< URLs.
  std::uint64_t revision_ = 0;
};

}  // namespace alluvium::swarm
