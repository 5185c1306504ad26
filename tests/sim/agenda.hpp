#pragma once

#include "core/time/clock.hpp"

#include <cstdint>
#include <vector>

namespace alluvium::sim {

/// Something that is called at an instant. Outlives what is pending for it, or cancels that.
class Actor {
 public:
  virtual ~Actor() = default;
  /// `what` is as it was given to Agenda::at.
  virtual void on_event(std::uint32_t what) = 0;
};

/// One pending call, for cancelling it. Empty by default, and once the call has come.
struct Appointment {
  std::uint32_t place = UINT32_MAX;
  std::uint32_t turn = 0;
};

/// What will happen when, in virtual time: everything in a simulation hangs on this one list. What
/// is due at the same instant happens in the order in which it was agreed upon, so that the same
/// seed gives the same run. Owned by the scenario, outlives everything else.
class Agenda {
 public:
  Agenda() = default;
  Agenda(const Agenda&) = delete;
  Agenda& operator=(const Agenda&) = delete;

  [[nodiscard]] Instant now() const { return now_; }
  /// Never before this call has returned; an instant that is over is as good as now.
  Appointment at(Instant when, Actor& actor, std::uint32_t what = 0);
  /// Does nothing if it has come already, or was never made.
  void cancel(Appointment& appointment);

  /// Everything up to and including `end`, where time then stands.
  void run_until(Instant end);
  [[nodiscard]] std::uint64_t events() const { return events_; }

 private:
  struct Entry {
    Instant at;
    std::uint64_t order;
    std::uint32_t place;
    std::uint32_t turn;
    /// For a heap whose top is the earliest.
    bool operator<(const Entry& other) const {
      return at != other.at ? at > other.at : order > other.order;
    }
  };
  /// Counts up whenever its call comes or is cancelled: what then still stands in the heap is void.
  struct Place {
    Actor* actor = nullptr;
    std::uint32_t what = 0;
    std::uint32_t turn = 0;
  };

  void release(std::uint32_t place);
  void sweep();

  Instant now_{std::chrono::hours(1)};
  std::vector<Entry> heap_;
  std::vector<Place> places_;
  std::vector<std::uint32_t> free_;
  std::uint64_t agreed_ = 0;
  std::uint64_t events_ = 0;
};

}  // namespace alluvium::sim
