#include "player-bridge/player.hpp"

namespace alluvium::bridge {

namespace {

/// A player that has not taken this much is dropped.
constexpr std::size_t max_queued_bytes = 512 * 1024;
/// Pieces are sent in batches of about this much time: fewer, larger writes cost less.
constexpr Duration batch_time = std::chrono::milliseconds(500);

}  // namespace

Player::Player(Mount& mount, const http::Request& request, http::Responder& responder)
    : mount_(mount),
      responder_(responder),
      is_head_only_(request.method == "HEAD"),
      wants_titles_(request.headers.find("Icy-MetaData") == "1") {
  mount_.players_.insert(this);
}

Player::~Player() {
  mount_.players_.erase(this);
}

void Player::on_turn() {
  if (is_over_) return;
  if (!has_begun_ && !begin()) return;
  if (responder_.queued_bytes() > max_queued_bytes) {
    is_over_ = true;
    return responder_.abort();
  }
  send_due();
}

bool Player::begin() {
  const Programme& programme = mount_.programme_;
  const std::uint64_t number = programme.at(programme.now());
  const auto track = number < programme.end() ? programme.piece(number).track : programme.track();
  if (!track) return false;
  has_begun_ = true;
  type_ = track->type;
  // Ogg carries its titles itself; a block among its pages would destroy them.
  const bool takes_titles =
      wants_titles_ && (type_ == "audio/mpeg" || type_.starts_with("audio/aac"));
  if (takes_titles) icy_.emplace();
  responder_.begin(mount_.head(*track, takes_titles), std::nullopt);
  if (!is_head_only_) return true;
  is_over_ = true;
  responder_.end();
  return false;
}

void Player::send_due() {
  const Programme& programme = mount_.programme_;
  const StreamTime now = programme.now();
  if (!is_in_stream_) {
    next_ = programme.at(now);
    if (next_ == programme.end()) return;
    is_in_stream_ = true;
    const Track& track = *programme.piece(next_).track;
    Bytes out;
    for (const Slice& header : track.headers) send_bytes(header.view(), track, out);
    if (!out.empty()) responder_.write(Slice(std::move(out)));
  }
  next_ = std::max(next_, programme.first());
  if (next_ >= programme.end()) return;
  if (programme.piece(next_).due > now + programme.piece(next_).track->lead - batch_time) return;

  std::uint64_t end = next_;
  while (end < programme.end() &&
         programme.piece(end).due <= now + programme.piece(end).track->lead &&
         programme.piece(end).track->type == type_) {
    ++end;
  }
  const bool type_changes = end < programme.end() && programme.piece(end).track->type != type_;
  if (end > next_) send(next_, end);
  next_ = end;
  if (type_changes && programme.piece(end).due <= now + programme.piece(end).track->lead) {
    is_over_ = true;
    responder_.end();
  }
}

void Player::send(std::uint64_t begin, std::uint64_t end) {
  if (!icy_) return responder_.write(mount_.batch(begin, end));
  Bytes out;
  for (std::uint64_t i = begin; i < end; ++i) {
    const TimedPiece& timed = mount_.programme_.piece(i);
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
