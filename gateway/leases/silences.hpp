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
/// comes first. Eight bytes an entry. Owned by LeaseBook.
class Silences {
 public:
  static constexpr Instant never{};

  struct Entry {
    Instant at;  ///< A whole millisecond, see `looked_at`.
    std::uint32_t listener = 0;
  };
  static constexpr unsigned listener_bits = 21;

  /// When a silence is noticed that begins at `time`.
  [[nodiscard]] static Instant looked_at(Instant time) {
    return std::chrono::ceil<std::chrono::milliseconds>(time);
  }

  /// `counts` says of entries made before whether they still do; of `listeners` there are so many.
  template <typename Counts>
  void add(const Entry& entry, std::size_t listeners, Counts counts) {
    if (entries_.size() > 2 * listeners + spare) {
      std::erase_if(entries_, [&](Packed known) { return !counts(unpacked(known)); });
      std::make_heap(entries_.begin(), entries_.end(), std::greater());
    }
    entries_.push_back(packed(entry));
    std::push_heap(entries_.begin(), entries_.end(), std::greater());
  }
  /// The first whose instant has come, which is then no entry any more.
  [[nodiscard]] std::optional<Entry> take(Instant now) {
    if (entries_.empty() || unpacked(entries_.front()).at > now) return std::nullopt;
    std::pop_heap(entries_.begin(), entries_.end(), std::greater());
    const Entry entry = unpacked(entries_.back());
    entries_.pop_back();
    return entry;
  }

 private:
  static constexpr std::size_t spare = 64;

  /// The milliseconds of the clock, and behind them the listener.
  using Packed = std::uint64_t;
  [[nodiscard]] static Packed packed(const Entry& entry) {
    const auto time = std::chrono::floor<std::chrono::milliseconds>(entry.at.time_since_epoch());
    return static_cast<Packed>(time.count()) << listener_bits | entry.listener;
  }
  [[nodiscard]] static Entry unpacked(Packed entry) {
    const std::chrono::milliseconds time(static_cast<std::int64_t>(entry >> listener_bits));
    return {Instant(time), static_cast<std::uint32_t>(entry & ((1U << listener_bits) - 1))};
  }

  std::deque<Packed> entries_;  ///< A heap, the soonest first.
};

}  // namespace alluvium::leases
