#include "player-bridge/programme.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <utility>

namespace alluvium::bridge {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr Duration max_lead = seconds(4);
constexpr std::uint64_t lead_bytes = 64 * 1024;
/// Pieces are made this far ahead of the clock, a little more than any player is served.
constexpr Duration horizon = max_lead + milliseconds(500);
/// An item may begin so much before or after its instant for the sake of a seam without a hole.
constexpr Duration seam_tolerance = milliseconds(200);
constexpr Duration too_late = seconds(2);
/// Bytes that are so late will not come in the last moments of an item either.
constexpr Duration stuck = milliseconds(500);
/// Played pieces are kept for players that are about to join. Longer than bytes may be late: what
/// has just come must still reach the players that wait for it.
constexpr Duration kept = too_late + seconds(1);
/// Header pages beyond this much of a file are not believed in: it is played from its start.
constexpr std::uint64_t max_header_bytes = 1024 * 1024;

StreamTime fine(WallTime t) {
  return t;
}
WallTime coarse(StreamTime t) {
  return std::chrono::floor<milliseconds>(t);
}

}  // namespace

void Programme::step() {
  if (on_air_.schedule() == nullptr) return;
  const StreamTime present = now();
  const bool is_set_back = present + too_late < last_step_;
  last_step_ = present;
  const bool is_reading = state_ == State::opening || state_ == State::reading;
  if (is_reading && slot_.end && write_at_ + stuck < present &&
      fine(*slot_.end) <= present + seconds(1)) {
    // Hardly anything of this item would still be heard; the next one is to begin on time, from its
    // start.
    end_item();
    write_at_ = *slot_.end;
  }
  // Late beyond repair: what is to be heard now is elsewhere. So it is when the clock has been set
  // back.
  if (is_reading && write_at_ + too_late < present) {
    // What can only be played from its beginning goes on where it stopped.
    const bool cannot_be_entered = framer_ && has_media_ && !framer_->can_jump();
    cannot_be_entered ? void(write_at_ = present) : restart();
  }
  if (is_set_back) restart();

  bool goes_on = true;
  while (goes_on && (state_ == State::idle || write_at_ <= present + horizon)) {
    if (state_ == State::idle || state_ == State::ended) {
      const State before = state_;
      choose_slot();
      goes_on = state_ != before;
      continue;
    }
    // A new playlist may count its items anew, end this one elsewhere or have another one in its
    // place.
    const auto slot = on_air_.schedule()->on_air(slot_.start);
    if (!slot || slot->start != slot_.start) {
      restart();
      break;
    }
    slot_ = *slot;
    swarm::OnAirItem* item = on_air_.on_air_item(slot_);
    if (item == nullptr) break;
    if (state_ == State::reading && !item->item().names_file_of(*file_)) {
      restart();
      break;
    }
    goes_on = state_ == State::opening ? open(*item) : read(*item);
  }
  forget_played();
}

void Programme::restart() {
  state_ = State::idle;
  framer_.reset();
  track_.reset();
  // What is not played yet belongs to another time. Numbers are never used twice.
  first_ += pieces_.size();
  pieces_.clear();
}

void Programme::choose_slot() {
  const playlist::Schedule& schedule = *on_air_.schedule();
  const StreamTime present = now();
  if (state_ == State::idle) {
    if (const auto slot = schedule.on_air(coarse(present))) {
      enter(*slot, present - fine(slot->start), present);
    } else if (const auto coming = schedule.next_after(coarse(present))) {
      // Made ready before its instant, so that not even its first moment is missed.
      if (fine(coming->start) <= present + horizon) enter(*coming, Duration::zero(), coming->start);
    }
    return;
  }
  // After an item: the slot at hand or the next one, which may be a while away.
  const WallTime from = slot_.end.value_or(coarse(write_at_));
  auto next = schedule.on_air(from);
  if (!next || next->start == slot_.start) next = schedule.next_after(slot_.start);
  if (!next) {
    if (present >= write_at_) state_ = State::idle;
    return;
  }
  const StreamTime start = next->start;
  const bool joins = start <= write_at_ + seam_tolerance && write_at_ <= start + seam_tolerance;
  if (joins) return enter(*next, Duration::zero(), write_at_);
  if (start > write_at_) {
    if (start <= present + horizon) enter(*next, Duration::zero(), start);
    return;
  }
  // It began before the place where the stream stands: it is entered there, or where the clock is
  // by now.
  const StreamTime place = std::max(write_at_, present);
  if (const auto slot = schedule.on_air(coarse(place))) {
    enter(*slot, place - fine(slot->start), place);
  } else if (present >= write_at_) {
    state_ = State::idle;
  }
}

void Programme::enter(const playlist::Slot& slot, Duration offset, StreamTime at) {
  slot_ = slot;
  entry_ = offset;
  write_at_ = at;
  state_ = State::opening;
  has_jumped_ = false;
  has_media_ = false;
  is_in_media_ = false;
  framer_.reset();
  next_ = {0};
  skip_ = 0;
  is_fed_ = false;
}

bool Programme::open(swarm::OnAirItem& item) {
  if (!item.is_known()) return false;
  const auto length = item.length();
  std::string type = item.type();
  media::Format format = media::format_of(type, {});
  if (!length || type.empty() || format == media::Format::opaque) {
    // What the type does not tell, the first bytes may.
    item.set_need({{0}, coarse(write_at_), true});
    const auto first = item.read({0});
    if (!first || !item.length()) return false;
    type = item.type();
    format = media::format_of(type, first->view());
    if (type.empty() || type == "application/octet-stream") {
      type = std::string(media::sniffed_type(first->view()));
    }
  }
  // Servers have many names for these; to players, and at a seam, there is one.
  if (format == media::Format::mp3) type = "audio/mpeg";
  if (format == media::Format::adts) type = "audio/aac";
  const auto planned = slot_.end ? duration_cast<milliseconds>(*slot_.end - slot_.start)
                                 : item.item().duration.value_or(milliseconds(0));
  const Duration duration = item.facts().duration.value_or(item.item().duration.value_or(planned));
  framer_ = media::make_framer(format, duration, *item.length());

  track_ = std::make_shared<Track>();
  track_->title = item.item().display_title();
  track_->type = type;
  const auto micros = static_cast<std::uint64_t>(std::max<Duration::rep>(duration.count(), 1));
  track_->bits_per_second = duration > seconds(0) ? *item.length() * 8'000'000 / micros : 128'000;
  track_->lead = std::min(
      max_lead, Duration(static_cast<Duration::rep>(
                    lead_bytes * 8'000'000 / std::max<std::uint64_t>(track_->bits_per_second, 1))));
  if (format == media::Format::opaque && entry_ > seconds(1)) {
    remark(" (" + printable(type) +
           ") cannot be entered in the middle and plays from its beginning");
  }
  file_ = item.item();
  state_ = State::reading;
  return true;
}

void Programme::jump(swarm::OnAirItem& item) {
  has_jumped_ = true;
  const media::EntryPoint entry = media::entry_point(item.facts(), entry_);
  if (entry.offset == 0 && entry.time == Duration::zero()) return;
  if (!entry.exact) {
    remark(" has no seconds index and is entered at an estimated place");
  }
  framer_->jump(entry.offset, entry.time);
  next_ = hash::ChunkLayout(*item.length()).chunk_at(entry.offset);
  skip_ = entry.offset - next_.value * hash::chunk_bytes;
  is_fed_ = false;
}

void Programme::remark(const std::string& what) {
  // An item whose bytes fail to come is entered again and again.
  if (std::exchange(remarked_, slot_.start) == slot_.start) return;
  remarks_.push_back(printable(track_->title) + what);
}

bool Programme::read(swarm::OnAirItem& item) {
  for (;;) {
    const bool wants_jump = entry_ > Duration::zero() && !has_jumped_ && !has_media_;
    if (wants_jump && framer_->can_jump()) jump(item);
    auto piece = framer_->next();
    if (!piece) break;
    take(std::move(*piece));
    if (state_ != State::reading || write_at_ > now() + horizon) return true;
  }
  if (is_fed_) {
    end_item();
    return true;
  }
  return feed(item);
}

bool Programme::feed(swarm::OnAirItem& item) {
  const hash::ChunkLayout layout(item.length().value_or(0));
  if (next_.value >= layout.count()) {
    framer_->finish();
    is_fed_ = true;
    return true;
  }
  const bool is_for_headers = entry_ > Duration::zero() && !has_jumped_ && !has_media_ &&
                              next_.value * hash::chunk_bytes < max_header_bytes;
  item.set_need({next_, coarse(write_at_), is_for_headers});
  const auto chunk = item.read(next_);
  if (!chunk) return false;
  framer_->feed(chunk->part(skip_).view());
  skip_ = 0;
  ++next_;
  return true;
}

void Programme::take(media::Piece piece) {
  if (piece.kind == media::Piece::Kind::header) {
    // A header after media opens another chain: who joins later needs that one, not the first.
    if (std::exchange(is_in_media_, false)) {
      track_ = std::make_shared<Track>(*track_);
      track_->headers.clear();
    }
    track_->headers.push_back(piece.bytes);
    pieces_.push_back({std::move(piece), write_at_, track_});
    return;
  }
  const bool is_before_entry = has_jumped_ && piece.start + piece.duration <= entry_;
  if (is_before_entry && !has_media_) return;
  if (!has_media_) {
    has_media_ = true;
    // The piece that holds the entry has begun a little earlier.
    if (has_jumped_) write_at_ = fine(slot_.start) + std::max(piece.start, entry_ - piece.duration);
  }
  is_in_media_ = true;
  const StreamTime end = write_at_ + piece.duration;
  if (slot_.end && end > fine(*slot_.end) + seam_tolerance) return end_item();
  pieces_.push_back({std::move(piece), write_at_, track_});
  write_at_ = end;
}

void Programme::end_item() {
  state_ = State::ended;
  framer_.reset();
  // A file that ends early is followed at once if the hole would be small, else the stream waits.
  const bool waits = slot_.end && write_at_ + seam_tolerance < fine(*slot_.end);
  if (waits) write_at_ = *slot_.end;
}

std::uint64_t Programme::at(StreamTime t) const {
  const auto found = std::find_if(pieces_.begin(), pieces_.end(), [&](const TimedPiece& p) {
    return p.piece.kind == media::Piece::Kind::media && p.due + p.piece.duration > t;
  });
  return first_ + static_cast<std::uint64_t>(found - pieces_.begin());
}

void Programme::forget_played() {
  const StreamTime limit = now() - kept;
  while (!pieces_.empty() && pieces_.front().due + pieces_.front().piece.duration < limit) {
    pieces_.pop_front();
    ++first_;
  }
}

}  // namespace alluvium::bridge
