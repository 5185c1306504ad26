#include "tests/sim/agenda.hpp"

#include <algorithm>

namespace alluvium::sim {

Appointment Agenda::at(Instant when, Actor& actor, std::uint32_t what) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(places_.size()));
    places_.emplace_back();
  }
  const std::uint32_t index = free_.back();
  free_.pop_back();
  Place& place = places_[index];
  place.actor = &actor;
  place.what = what;
  heap_.push_back({std::max(when, now_), ++agreed_, index, place.turn});
  std::push_heap(heap_.begin(), heap_.end());
  return {index, place.turn};
}

void Agenda::release(std::uint32_t index) {
  ++places_[index].turn;
  free_.push_back(index);
}

void Agenda::cancel(Appointment& appointment) {
  const bool is_pending =
      appointment.place < places_.size() && places_[appointment.place].turn == appointment.turn;
  if (is_pending) release(appointment.place);
  appointment = {};
  // Timeouts are mostly cancelled: they must not fill the heap until their time would have come.
  const std::size_t pending = places_.size() - free_.size();
  if (heap_.size() > 4 * pending + 4'096) sweep();
}

void Agenda::sweep() {
  std::erase_if(heap_, [this](const Entry& e) { return places_[e.place].turn != e.turn; });
  std::make_heap(heap_.begin(), heap_.end());
}

void Agenda::run_until(Instant end) {
  while (!heap_.empty() && heap_.front().at <= end) {
    const Entry next = heap_.front();
    std::pop_heap(heap_.begin(), heap_.end());
    heap_.pop_back();
    const Place place = places_[next.place];
    if (place.turn != next.turn) continue;
    release(next.place);
    now_ = next.at;
    ++events_;
    place.actor->on_event(place.what);
  }
  now_ = end;
}

}  // namespace alluvium::sim
