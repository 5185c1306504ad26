#pragma once

#include "core/http/priority.hpp"
#include "core/peer/upload_budget.hpp"
#include "core/time/clock.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>

namespace alluvium::peer {

/// The line of those who want to send: whoever has the earliest deadline goes next, as soon as the
/// budget allows. A deadline is a quarter of a second a step of urgency after the asking, so that
/// what a player waits for overtakes what is fetched for later, which in the end has its turn, too.
/// Owned by a PeerHandler.
class UploadQueue {
 private:
  struct Entry {
    std::uint64_t bytes = 0;
    std::function<void()> on_turn;
  };
  using Place = std::pair<Instant, std::uint64_t>;  ///< Deadline, and order of asking.

 public:
  UploadQueue(Timers& timers, const Clock& clock, UploadBudget budget);

  /// A place in the line; who destroys it leaves. Must not outlive the queue.
  class Turn {
   public:
    Turn(UploadQueue& queue, Place place) : queue_(queue), place_(place) {}
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() { queue_.leave(place_); }

   private:
    UploadQueue& queue_;
    Place place_;
  };
  /// `on_turn` is called once, never from within this call: `bytes` may leave then, and are booked.
  [[nodiscard]] std::unique_ptr<Turn> wait(std::uint64_t bytes, http::Urgency urgency,
                                           std::function<void()> on_turn);

  /// How long all that is booked and waits will take.
  [[nodiscard]] Duration backlog(Instant now) const;
  [[nodiscard]] const UploadBudget& budget() const { return budget_; }
  void set_budget(const UploadBudget& budget);

 private:
  void leave(const Place& place);
  void arm();
  void serve();

  const Clock& clock_;
  UploadBudget budget_;
  std::map<Place, Entry> line_;
  std::uint64_t waiting_bytes_ = 0;
  std::uint64_t asked_ = 0;
  std::unique_ptr<Timer> timer_;
};

}  // namespace alluvium::peer
