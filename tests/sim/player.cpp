#include "tests/sim/player.hpp"

#include "core/media/file_facts.hpp"

#include <algorithm>
#include <utility>

namespace alluvium::sim {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

/// As bridge::Programme has them.
constexpr milliseconds horizon{4'500};
constexpr Duration too_late = seconds(2);

constexpr Duration tolerance = milliseconds(200);

}  // namespace

Player::Player(swarm::OnAir& on_air, const Clock& clock, const Station& station)
    : on_air_(on_air), clock_(clock), station_(station), joined_(clock.now()) {}

WallTime Player::scheduled(hash::ChunkIndex index) const {
  const Duration length = *song_->facts.duration;
  const auto micros = static_cast<double>(length.count()) *
                      static_cast<double>(index.value * hash::chunk_bytes) /
                      static_cast<double>(song_->bytes.size());
  return slot_->start + duration_cast<milliseconds>(Duration(static_cast<Duration::rep>(micros)));
}

bool Player::is_too_late(hash::ChunkIndex index) const {
  return heard_ && clock_.now() > heard_->second + (scheduled(index) - heard_->first) + tolerance;
}

void Player::on_turn() {
  const auto* schedule = on_air_.schedule();
  if (schedule == nullptr) return;
  if (!slot_) slot_ = schedule->on_air(on_air_.programme_now());
  if (!slot_) return;
  auto* item = on_air_.on_air_item(*slot_);
  if (item == nullptr || !item->is_known()) return;
  if (song_ == nullptr) song_ = station_.find(item->item().url);
  if (song_ == nullptr) return;
  const bool must_enter = !heard_ && on_air_.programme_now() > scheduled(next_) + too_late;
  if (must_enter) enter(*item);
  read(*item);
}

void Player::enter(swarm::OnAirItem& item) {
  const auto position = duration_cast<Duration>(on_air_.programme_now() - slot_->start);
  const media::EntryPoint entry = media::entry_point(item.facts(), position);
  next_ = song_->row->layout().chunk_at(entry.offset);
}

void Player::read(swarm::OnAirItem& item) {
  const std::uint32_t count = song_->row->layout().count();
  const WallTime until = on_air_.programme_now() + horizon;
  while (next_.value < count) {
    const WallTime due = scheduled(next_);
    item.set_need({next_, std::max(due, slot_->start), false});
    if (due > until) return;
    if (const auto chunk = item.read(next_)) {
      take(*chunk);
    } else if (is_too_late(next_)) {
      hearing_.missed_bytes += song_->row->layout().bytes_of(next_).size();
      if (!std::exchange(is_in_gap_, true)) ++hearing_.gaps;
    } else {
      return;
    }
    ++next_;
  }
  change_item();
}

void Player::take(const Slice& chunk) {
  if (!heard_) {
    heard_ = {scheduled(next_), clock_.now()};
    hearing_.first_sound = clock_.now() - joined_;
  }
  // It came while nobody looked.
  if (is_too_late(next_)) hearing_.missed_bytes += chunk.size();
  is_in_gap_ = false;
  hearing_.played_bytes += chunk.size();
  if (!song_->is_chunk(next_, chunk.view())) hearing_.false_bytes += chunk.size();
}

void Player::change_item() {
  const bool is_near = slot_->end && on_air_.programme_now() + horizon >= *slot_->end;
  if (!is_near) return;
  const auto next = on_air_.schedule()->on_air(*slot_->end);
  if (!next) return;
  slot_ = next;
  song_ = nullptr;
  next_ = {};
}

}  // namespace alluvium::sim
