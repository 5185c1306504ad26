#include "player-bridge/player.hpp"

#include "player-bridge/accept.hpp"

#include <algorithm>
#include <utility>

namespace alluvium::bridge {

namespace {

/// A player that has not taken this much is dropped.
constexpr std::size_t max_queued_bytes = 512 * 1024;
/// Between the last byte of a rerun and what is on by then, so that no player runs dry.
constexpr Duration hand_over = std::chrono::milliseconds(500);
bool has_titles(const std::string& type) {
  // Ogg carries its titles itself; a block among its pages would destroy them.
  return type == "audio/mpeg" || type.starts_with("audio/aac");
}

}  // namespace

Player::Player(Mount& mount, const http::Request& request, http::Responder& responder,
               bool starts_over)
    : mount_(mount),
      responder_(responder),
      place_(mount.enlist(*this)),
      is_head_only_(request.method == "HEAD"),
      wants_titles_(request.headers.find("Icy-MetaData") == "1"),
      starts_over_(starts_over) {
  const std::string_view accept = request.headers.find("Accept").value_or("");
  if (!is_head_only_ && mount.has_some_for(accept)) accept_ = accept;
}

Player::~Player() {
  mount_.strike_off(place_);
}

const Programme& Player::source() const {
  return rerun_ ? rerun_->programme() : mount_.programme_;
}

void Player::on_turn() {
  if (state_ == State::over) return;
  if (responder_.queued_bytes() > max_queued_bytes) {
    state_ = State::over;
    return responder_.abort();
  }
  if (rerun_) rerun_->step();
  if (state_ == State::waiting && !answer()) return;
  const StreamTime now = source().now();
  if (state_ == State::answered && !enter_stream(now)) return;
  if (state_ == State::streaming && is_woken(now)) send_due(now);
}

/// What is on cannot be entered where it is: it is to be had from its beginning only.
bool Player::needs_rerun() const {
  const Timeline& live = mount_.programme_.timeline();
  const StreamTime now = mount_.programme_.now();
  const std::uint64_t at = live.at(now);
  if (at == live.end() || live.piece(at).track->is_enterable) return false;
  return live.entry_at(now) == live.end();
}

/// True if it is known what to send: in the end also where nothing is on.
bool Player::begin_rerun() {
  const swarm::OnAir& on_air = mount_.on_air_;
  if (on_air.schedule() == nullptr) return false;
  const auto slot = on_air.schedule()->on_air(on_air.programme_now());
  if (!slot) return true;
  rerun_ = Rerun::of(mount_.on_air_, *slot);
  if (!rerun_) return false;
  rerun_->step();
  const Timeline& live = mount_.programme_.timeline();
  const std::uint64_t at = live.at(mount_.programme_.now());
  rerun_beside_ = at < live.end() ? live.piece(at).track->run : 0;
  return true;
}

/// What is on is nothing for it, but what comes later is: it would be lost if it were answered now.
bool Player::waits_for_another_type() const {
  if (accept_.empty()) return false;
  const Timeline& live = mount_.programme_.timeline();
  const StreamTime now = mount_.programme_.now();
  std::uint64_t on_air = live.entry_at(now);
  if (on_air == live.end()) on_air = live.at(now);
  const auto track = on_air < live.end() ? live.piece(on_air).track : mount_.programme_.track();
  return track && !names_type(accept_, track->type);
}

bool Player::answer() {
  if (waits_for_another_type()) return false;
  if (!rerun_ && (starts_over_ || needs_rerun()) && !begin_rerun()) return false;
  const StreamTime now = source().now();
  const std::uint64_t entry = rerun_ ? timeline().first() : timeline().entry_at(now);
  const auto track = entry < timeline().end() ? timeline().piece(entry).track : source().track();
  if (!track) return false;
  state_ = State::answered;
  const bool takes_titles = wants_titles_ && has_titles(track->type);
  if (takes_titles) icy_.emplace();
  accept_ = {};
  responder_.begin(mount_.head(*track, wants_titles_, takes_titles), std::nullopt);
  if (!is_head_only_) return true;
  end();
  return false;
}

bool Player::enter_stream(StreamTime now) {
  next_ = rerun_ ? timeline().first() : timeline().entry_at(now);
  if (next_ >= timeline().end()) return false;
  const Track& track = *timeline().piece(next_).track;
  run_ = track.run;
  family_ = track.family;
  state_ = State::streaming;
  mount_.on_air_.on_heard();
  wake_at_ = now;
  has_had_burst_ = false;
  Bytes out;
  const bool begins_with_headers = !timeline().piece(next_).is_media();
  if (!begins_with_headers) {
    for (const Slice& header : track.headers) send_bytes(header.view(), track, out);
  }
  if (!out.empty()) responder_.write(Slice(std::move(out)));
  return true;
}

bool Player::is_woken(StreamTime now) const {
  // The clock may have been set back.
  return now >= wake_at_ || now + 2 * mount_.settings_.write_every < wake_at_;
}

void Player::send_due(StreamTime now) {
  const Timeline& from = timeline();
  next_ = std::max(next_, from.first());
  std::uint64_t until = next_;
  while (until < from.end() && from.piece(until).due <= now + from.piece(until).track->lead &&
         from.piece(until).track->run == run_) {
    ++until;
  }
  if (until > next_) {
    const Track& track = *from.piece(until - 1).track;
    send(next_, until);
    sent_to_ = from.piece(until - 1).end();
    plan_next_write(now, track, until < from.end());
  }
  next_ = until;
  const bool has_seam = until < from.end() && from.piece(until).track->run != run_;
  if (has_seam && from.piece(until).due <= now + from.piece(until).track->lead) return end();
  if (rerun_) leave_rerun_if_over();
}

void Player::plan_next_write(StreamTime now, const Track& track, bool has_all) {
  // What comes late is passed on as it comes.
  if (!has_all) {
    wake_at_ = now;
    return;
  }
  const Duration period = std::min(mount_.settings_.write_every, track.lead / 4);
  // Those who came at the same moment are not all served at the same moment for ever.
  const bool is_burst = !std::exchange(has_had_burst_, true);
  wake_at_ +=
      is_burst ? std::chrono::duration_cast<Duration>(period * mount_.next_phase()) : period;
  if (wake_at_ <= now) wake_at_ = now + period;
}

void Player::leave_rerun_if_over() {
  const Timeline& live = mount_.programme_.timeline();
  if (!starts_over_) {
    // It is heard for as long as it is on air.
    const std::uint64_t at = live.at(mount_.programme_.now());
    if (at < live.end() && live.piece(at).track->run != rerun_beside_) return end();
  }
  if (!rerun_->is_over() || next_ < timeline().end()) return;
  if (!starts_over_) return end();
  // What is on is joined when the player has heard the end.
  if (source().now() + hand_over < sent_to_) return;
  const std::uint64_t entry = live.entry_at(mount_.programme_.now());
  if (entry == live.end()) return;
  const Track& track = *live.piece(entry).track;
  if (family_.empty() || track.family != family_) return end();
  rerun_.reset();
  state_ = State::answered;
}

void Player::end() {
  state_ = State::over;
  responder_.end();
}

void Player::send(std::uint64_t begin, std::uint64_t end) {
  if (!icy_ && !rerun_) return responder_.write(mount_.batch(begin, end));
  Bytes out;
  for (std::uint64_t i = begin; i < end; ++i) {
    const TimedPiece& timed = timeline().piece(i);
    send_bytes(timed.piece.bytes.view(), *timed.track, out);
  }
  responder_.write(Slice(std::move(out)));
}

void Player::send_bytes(ByteView bytes, const Track& track, Bytes& out) {
  if (icy_) {
    icy_->write(bytes, track.title, out);
  } else {
    out.insert(out.end(), bytes.begin(), bytes.end());
  }
}

}  // namespace alluvium::bridge
