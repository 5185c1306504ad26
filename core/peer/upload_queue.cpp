#include "core/peer/upload_queue.hpp"

namespace alluvium::peer {

namespace {

constexpr Duration step_of_urgency = std::chrono::milliseconds(250);

}  // namespace

UploadQueue::UploadQueue(Timers& timers, const Clock& clock, UploadBudget budget)
    : clock_(clock), budget_(budget), timer_(timers.make_timer([this] { serve(); })) {}

std::unique_ptr<UploadQueue::Turn> UploadQueue::wait(std::uint64_t bytes, http::Urgency urgency,
                                                     std::function<void()> on_turn) {
  const Place place{clock_.now() + step_of_urgency * urgency, asked_++};
  line_.emplace(place, Entry{bytes, std::move(on_turn)});
  waiting_bytes_ += bytes;
  arm();
  return std::make_unique<Turn>(*this, place);
}

void UploadQueue::leave(const Place& place) {
  const auto entry = line_.find(place);
  if (entry == line_.end()) return;
  waiting_bytes_ -= entry->second.bytes;
  line_.erase(entry);
}

Duration UploadQueue::backlog(Instant now) const {
  return budget_.backlog(now) + budget_.time_for(waiting_bytes_);
}

void UploadQueue::set_budget(const UploadBudget& budget) {
  budget_ = budget;
  if (!line_.empty()) arm();
}

void UploadQueue::arm() {
  timer_->arm(budget_.backlog(clock_.now()));
}

void UploadQueue::serve() {
  while (!line_.empty() && budget_.backlog(clock_.now()) == Duration::zero()) {
    const Entry entry = std::move(line_.begin()->second);
    line_.erase(line_.begin());
    waiting_bytes_ -= entry.bytes;
    budget_.book(entry.bytes, clock_.now());
    entry.on_turn();
  }
  if (!line_.empty()) arm();
}

}  // namespace alluvium::peer
