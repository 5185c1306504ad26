#pragma once

#include "core/time/clock.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>

namespace alluvium::leases {

/// When each listener is to be looked at, at the latest when it will be thought silent. Listeners
/// are numbers of the owner's, who knows for which instant each is entered, and so which entries
/// still count: at most half do not, and a few. Of those of the same instant the lowest number
/// comes first. Owned by LeaseBook.
class Silences {
 public:
  static constexpr Instant never{};

  struct Entry {
    Instant at;
    std::uint32_t listener = 0;
    auto operator<=>(const Entry&) const = default;
  };

  /// `counts` says of entries made before whether they still do; of `listeners` there are so many.
  template <typename Counts>
  void add(const Entry& entry, std::size_t listeners, Counts counts) {
    if (entries_.size() > 2 * listeners + spare) {
      std::erase_if(entries_, [&](const Entry& known) { return !counts(known); });
      std::make_heap(entries_.begin(), entries_.end(), std::greater());
    }
    entries_.push_back(entry);
    std::push_heap(entries_.begin(), entries_.end(), std::greater());
  }
  /// The first whose instant has come, which is then no entry any more.
  [[nodiscard]] std::optional<Entry> take(Instant now) {
    if (entries_.empty() || entries_.front().at > now) return std::nullopt;
    std::pop_heap(entries_.begin(), entries_.end(), std::greater());
    const Entry entry = entries_.back();
    entries_.pop_back();
    return entry;
  }

 private:
  static constexpr std::size_t spare = 64;

  std::deque<Entry> entries_;  ///< A heap, the soonest first.
};

}  // namespace alluvium::leases
