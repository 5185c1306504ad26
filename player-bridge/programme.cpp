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
/// 576 samples at 8 kHz.
constexpr Duration longest_frame = milliseconds(72);
constexpr Duration too_late = seconds(2);
/// Bytes that are so late will not come in the last moments of an item either.
constexpr Duration stuck = milliseconds(500);
/// For so long the next part of a live show may be late before there is silence, or filler.
constexpr Duration live_patience = milliseconds(500);
/// Played pieces are kept for players that are about to join. Longer than bytes may be late: what
/// has just come must still reach the players that wait for it.
constexpr Duration kept = too_late + seconds(1);

StreamTime fine(WallTime t) {
  return t;
}
WallTime coarse(StreamTime t) {
  return std::chrono::floor<milliseconds>(t);
}

std::shared_ptr<Track> make_track(const ItemFormat& format, std::string title,
                                  const playlist::Slot& slot) {
  auto track = std::make_shared<Track>();
  track->title = std::move(title);
  track->type = format.type;
  track->slot = slot;
  const auto micros =
      static_cast<std::uint64_t>(std::max<Duration::rep>(format.duration.count(), 1));
  track->bits_per_second =
      format.duration > Duration::zero() ? format.length * 8'000'000 / micros : 128'000;
  const std::uint64_t lead =
      lead_bytes * 8'000'000 / std::max<std::uint64_t>(track->bits_per_second, 1);
  track->lead = std::min(max_lead, Duration(static_cast<Duration::rep>(lead)));
  return track;
}

}  // namespace

void Programme::step() {
  if (on_air_.schedule() == nullptr) return;
  const StreamTime present = now();
  const bool is_set_back = present + too_late < last_step_;
  last_step_ = present;
  if (!has_begun_ || is_set_back) restart(present);
  has_begun_ = true;
  // The program itself may have stood still: what is here is not given up for that alone.
  if (write_at_ + too_late >= present) write_ahead(present);
  give_up_what_is_late(present);
  write_ahead(present);
  timeline_.forget_before(present - kept);
}

void Programme::write_ahead(StreamTime present) {
  while (write_at_ <= present + horizon) {
    if (!advance(present)) break;
  }
}

void Programme::give_up_what_is_late(StreamTime present) {
  if (state_ == State::between) {
    if (write_at_ + too_late < present) restart(present);
    return;
  }
  if (slot_.end && write_at_ + stuck < present && fine(*slot_.end) <= present + seconds(1)) {
    // Hardly anything of this item would still be heard; the next one is to begin on time, from its
    // start.
    end_item();
    write_at_ = *slot_.end;
    if (write_at_ + too_late < present) restart(present);
  } else if (write_at_ + too_late < present) {
    // What is to be heard now is elsewhere. What can only be played from its beginning goes on
    // where it stopped.
    const bool cannot_be_entered = has_media_ && !track_->is_enterable;
    cannot_be_entered ? void(write_at_ = present) : restart(present);
  }
}

void Programme::restart(StreamTime present) {
  leave_slot();
  last_.reset();
  part_end_.reset();
  write_at_ = present;
  // What is not played yet belongs to another time.
  timeline_.clear();
}

void Programme::leave_slot() {
  const bool has_begun = state_ == State::between || has_media_;
  // What was only made ready leaves the stream as it was.
  has_begun ? last_.reset() : void(write_at_ = left_at_);
  state_ = State::between;
  reader_.reset();
  track_.reset();
  silent_track_.reset();
}

void Programme::end_item() {
  state_ = State::between;
  last_ = slot_;
  reader_.reset();
}

bool Programme::advance(StreamTime present) {
  if (state_ == State::between) return go_on(present);
  // A new playlist may count its items anew, end this one elsewhere or have another one in its
  // place.
  const auto slot = on_air_.schedule()->on_air(slot_.heard_from());
  if (!slot || slot->start != slot_.start) {
    leave_slot();
    return true;
  }
  slot_ = *slot;
  swarm::OnAirItem* item = on_air_.on_air_item(slot_);
  if (item == nullptr) return false;
  if (state_ == State::opening) return open(*item);
  if (item->item().names_file_of(*file_)) {
    take_title(*item);
    return read(*item);
  }
  leave_slot();
  return true;
}

std::optional<playlist::Slot> Programme::next_slot(StreamTime present) const {
  const playlist::Schedule& schedule = *on_air_.schedule();
  const WallTime from = last_ ? last_->end.value_or(coarse(write_at_)) : coarse(write_at_);
  auto next = schedule.on_air(from);
  if (next && last_ && next->start == last_->start) next = schedule.next_after(last_->start);
  if (!next) next = schedule.next_after(from);
  if (!next || fine(next->heard_from()) + seam_tolerance >= write_at_) return next;
  // It began before the place where the stream stands: what is on there, or where the clock is by
  // now?
  const WallTime place = coarse(std::max(write_at_, present));
  const auto there = schedule.on_air(place);
  return there ? there : schedule.next_after(place);
}

/// What is said of the time behind a live show may change until that time has come.
bool Programme::waits_for_live(const std::optional<playlist::Slot>& next,
                               StreamTime present) const {
  if (next && next->is_live) return false;
  const bool is_programme =
      next && !next->is_filler && fine(next->heard_from()) <= write_at_ + seam_tolerance;
  if (write_at_ + (is_programme ? Duration::zero() : live_patience) <= present) return false;
  return on_air_.schedule()->may_be_live(coarse(write_at_));
}

bool Programme::go_on(StreamTime present) {
  const auto next = next_slot(present);
  if (next) {
    const StreamTime begin = next->heard_from();
    const Duration into = next->heard_from() - next->start;
    const bool follows = last_ && !has_paused_ && !silent_track_;
    if (follows && std::chrono::abs(begin - write_at_) <= seam_tolerance) {
      enter(*next, into, write_at_);
      return true;
    }
    if (silent_track_ && begin <= write_at_ && write_at_ <= begin + longest_frame) {
      // Silence ends where its frames do, half of one too early or too late.
      enter(*next, into, begin);
      return true;
    }
    if (begin <= write_at_) {
      const StreamTime place = std::max(write_at_, present);
      enter(*next, place - next->start, place);
      return true;
    }
  }
  if (waits_for_live(next, present)) return false;
  if (be_silent(next)) return true;
  if (next && fine(next->heard_from()) <= present + horizon) {
    // Made ready before its instant, so that not even its first moment is missed.
    enter(*next, next->heard_from() - next->start, next->heard_from());
    return true;
  }
  has_paused_ = true;
  write_at_ = std::max(write_at_, present);
  return false;
}

bool Programme::can_be_silent(const std::optional<playlist::Slot>& next) {
  if (gaps_ == Gaps::nothing) return false;
  if (silence_) return true;
  if (!last_frame_.empty()) {
    silence_.emplace(last_frame_.view());
  } else if (run_ == 0 && next) {
    // Nothing was heard yet: silence of the kind that the next item will be.
    swarm::OnAirItem* const item = on_air_.on_air_item(*next);
    const bool is_mpeg = item != nullptr && item->is_known() &&
                         media::format_of(item->type(), {}) == media::Format::mp3;
    if (is_mpeg) silence_.emplace();
  }
  return silence_.has_value();
}

bool Programme::be_silent(const std::optional<playlist::Slot>& next) {
  if (!can_be_silent(next)) return false;
  media::Piece piece = silence_->next();
  if (next && fine(next->heard_from()) < write_at_ + piece.duration / 2) {
    enter(*next, next->heard_from() - next->start, next->heard_from());
    return true;
  }
  part_end_.reset();
  if (!silent_track_) {
    begin_run("mpeg");
    const ItemFormat format{.format = media::Format::mp3, .type = "audio/mpeg"};
    silent_track_ = make_track(format, "", last_.value_or(playlist::Slot{}));
    put_in_run(*silent_track_);
    track_ = silent_track_;
  }
  const StreamTime due = write_at_;
  write_at_ += piece.duration;
  timeline_.append({std::move(piece), due, silent_track_});
  return true;
}

void Programme::enter(const playlist::Slot& slot, Duration offset, StreamTime at) {
  slot_ = slot;
  entry_ = offset;
  left_at_ = write_at_;
  write_at_ = at;
  state_ = State::opening;
  has_media_ = false;
  is_in_media_ = false;
  reader_.reset();
  headers_.clear();
  run_up_.clear();
  is_ready_ = false;
}

bool Programme::open(swarm::OnAirItem& item) {
  const auto planned =
      slot_.end ? duration_cast<milliseconds>(*slot_.end - slot_.start) : milliseconds(0);
  const auto format = tell_format(item, coarse(write_at_), planned);
  if (!format) return false;
  format_ = format->format;
  reader_.emplace(*format, entry_);
  track_ = make_track(*format, item.item().display_title(), slot_);
  track_->is_enterable = reader_->framer().can_be_entered();
  continues_ = part_end_ && entry_ == Duration::zero() && slot_.start == part_end_->at &&
               item.item().source == part_end_->source;
  continues_ ? void(track_->headers = part_end_->headers) : serials_.begin_file();
  if (!track_->is_enterable && entry_ > seconds(1)) {
    remark(" (" + printable(track_->type) +
           ") cannot be entered in the middle and plays from its beginning");
  }
  file_ = item.item();
  state_ = State::reading;
  return true;
}

/// A title may be withheld until its item is on air.
void Programme::take_title(const swarm::OnAirItem& item) {
  const std::string title = item.item().display_title();
  if (title == track_->title) return;
  track_ = std::make_shared<Track>(*track_);
  track_->title = title;
}

void Programme::remark(const std::string& what) {
  // An item whose bytes fail to come is entered again and again.
  if (std::exchange(remarked_, slot_.start) == slot_.start) return;
  remarks_.push_back(printable(track_->title) + what);
}

bool Programme::read(swarm::OnAirItem& item) {
  if (is_ready_) {
    if (!may_begin()) return false;
    begin_media();
    return true;
  }
  auto piece = reader_->next(item, coarse(write_at_));
  if (reader_->is_estimated() && !slot_.is_live)
    remark(" has no seconds index and is entered at an estimated place");
  if (piece) {
    take(std::move(*piece));
    return true;
  }
  if (!reader_->is_over()) return false;
  end_item();
  const bool is_part = has_media_ && slot_.end && !file_->source.empty();
  if (is_part) part_end_ = {file_->source, *slot_.end, track_->headers};
  return true;
}

void Programme::take(media::Piece piece) {
  // Each part of a recording has its headers.
  if (continues_ && !has_media_ && piece.kind == media::Piece::Kind::header) return;
  // Two files may number their streams alike.
  if (format_ == media::Format::ogg) piece.bytes = serials_.pass(piece.bytes);
  if (piece.kind == media::Piece::Kind::header) {
    // Kept until there is media: only then it is known whether it can follow what was before.
    if (piece.begins_link) headers_.clear();
    headers_.push_back(std::move(piece));
    return;
  }
  if (has_media_) return append(std::move(piece));

  if (piece.is_entry) run_up_.clear();
  const bool is_before_entry = reader_->has_jumped() && piece.start + piece.duration <= entry_;
  run_up_.push_back(std::move(piece));
  is_ready_ = !is_before_entry;
}

bool Programme::may_begin() const {
  return slot_.is_live || write_at_ <= now() || !on_air_.schedule()->may_be_live(coarse(write_at_));
}

void Programme::begin_media() {
  has_media_ = true;
  is_ready_ = false;
  last_.reset();
  has_paused_ = false;
  part_end_.reset();
  silence_.reset();
  silent_track_.reset();
  if (!continues_) {
    last_frame_ = {};
    reservoir_.restart();
  }
  if (reader_->has_jumped()) {
    const StreamTime due = fine(slot_.start) + run_up_.front().start;
    write_at_ = slot_.resumed ? std::max(write_at_, due) : due;
  }
  begin_link();
  for (media::Piece& piece : std::exchange(run_up_, {})) {
    if (state_ == State::reading) append(std::move(piece));
  }
}

void Programme::begin_link() {
  if (is_in_media_ && headers_.front().begins_link) {
    // Who joins later needs the headers of this link, not those of the one before.
    track_ = std::make_shared<Track>(*track_);
    track_->headers.clear();
  }
  begin_run(reader_->framer().family());
  put_in_run(*track_);
  for (media::Piece& header : std::exchange(headers_, {})) {
    track_->headers.push_back(header.bytes);
    timeline_.append({std::move(header), write_at_, track_});
  }
}

void Programme::append(media::Piece piece) {
  if (!headers_.empty()) begin_link();
  is_in_media_ = true;
  const StreamTime end = write_at_ + piece.duration;
  const Duration tolerance = slot_.is_filler ? piece.duration / 2 : seam_tolerance;
  if (slot_.end && end > fine(*slot_.end) + tolerance) return end_item();
  if (format_ == media::Format::mp3) {
    // A frame may count on bits of others that were never sent.
    piece.bytes = reservoir_.pass(piece.bytes);
    last_frame_ = piece.bytes;
  }
  timeline_.append({std::move(piece), write_at_, track_});
  write_at_ = end;
}

void Programme::begin_run(std::string family) {
  if (family.empty() || family != family_) {
    ++run_;
    run_took_over_ = run_ > 1 ? std::optional(write_at_) : std::nullopt;
  }
  family_ = std::move(family);
}

void Programme::put_in_run(Track& track) const {
  track.family = family_;
  track.run = run_;
  track.run_took_over = run_took_over_;
}

}  // namespace alluvium::bridge
