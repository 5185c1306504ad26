#include "player-bridge/timeline.hpp"

namespace alluvium::bridge {

namespace {

/// Who comes back so soon after a seam hears the new run from its beginning.
constexpr Duration patience_at_seam = std::chrono::seconds(1);
/// Nobody is given more of the past for want of a later entry.
constexpr Duration longest_run_up = std::chrono::seconds(20);

}  // namespace

std::uint64_t Timeline::at(StreamTime t) const {
  std::uint64_t number = first();
  while (number < end() && !(piece(number).is_media() && piece(number).end() > t)) ++number;
  return number;
}

std::uint64_t Timeline::entry_at(StreamTime t) const {
  const std::uint64_t live = at(t);
  if (live == end()) return live;
  const Track& track = *piece(live).track;

  // About to be sent back again at the next seam, it might as well begin there.
  for (std::uint64_t next = live; next < end(); ++next) {
    const TimedPiece& candidate = piece(next);
    if (candidate.track->run == track.run || !candidate.is_media()) continue;
    if (candidate.due <= t + track.lead) return next;
    break;
  }

  const bool has_just_begun = track.run_took_over && *track.run_took_over + patience_at_seam >= t;
  if (!track.is_enterable && !has_just_begun) return end();
  std::uint64_t entry = live;
  while (entry > first()) {
    const TimedPiece& before = piece(entry - 1);
    const bool is_enough = piece(entry).is_media() && piece(entry).piece.is_entry;
    if (before.track->run != track.run || (is_enough && !has_just_begun)) break;
    --entry;
  }
  while (entry < end() && !(piece(entry).is_media() && piece(entry).piece.is_entry)) ++entry;
  if (entry != live || has_just_begun || entry + 1 >= end()) return entry;
  // A page of Ogg may last a second: whichever is nearer.
  const TimedPiece& after = piece(entry + 1);
  const bool is_entry = after.track->run == track.run && after.is_media() && after.piece.is_entry;
  return is_entry && after.due - t < t - piece(entry).due ? entry + 1 : entry;
}

void Timeline::clear() {
  first_ = end();
  pieces_.clear();
}

void Timeline::forget_before(StreamTime t) {
  const std::uint64_t needed = entry_at(t);
  while (!pieces_.empty() && pieces_.front().end() <= t) {
    if (first_ >= needed && pieces_.front().end() + longest_run_up > t) break;
    pieces_.pop_front();
    ++first_;
  }
}

}  // namespace alluvium::bridge
