#include "core/media/piece_chain.hpp"

#include <algorithm>
#include <utility>

namespace alluvium::media {

void PieceChain::restart() {
  bytes_.clear();
  head_ = {};
  is_dated_ = false;
  held_.reset();
  ready_.clear();
  now_ = {};
}

void PieceChain::begin(Piece::Kind kind, std::uint64_t offset, bool is_entry) {
  end();
  const bool is_header = kind == Piece::Kind::header;
  head_ = {};
  head_.kind = kind;
  head_.offset = offset;
  head_.is_entry = is_entry;
  head_.begins_link = is_header && offset == 0;
  is_dated_ = false;
  has_media_ = has_media_ || !is_header;
}

void PieceChain::append(ByteView bytes) {
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
}

void PieceChain::date(Duration time) {
  now_ = std::max(now_, time);
  release();
  head_.start = now_;
  is_dated_ = true;
}

void PieceChain::end() {
  if (bytes_.empty()) return;
  if (head_.kind == Piece::Kind::header) {
    ready_.push_back(assembled());
    return;
  }
  if (!is_dated_) date(now_);
  held_ = assembled();
}

void PieceChain::cut(std::uint64_t offset) {
  if (head_.kind == Piece::Kind::media && !is_dated_) date(now_);
  ready_.push_back(assembled());
  head_.offset = offset;
  head_.is_entry = false;
  head_.begins_link = false;
}

void PieceChain::end_all(std::optional<Duration> whole) {
  end();
  if (!held_) return;
  now_ = std::max(now_, whole.value_or(now_ + usual_));
  release();
}

std::optional<Piece> PieceChain::take() {
  if (ready_.empty()) return std::nullopt;
  Piece piece = std::move(ready_.front());
  ready_.pop_front();
  return piece;
}

void PieceChain::release() {
  if (!held_) return;
  held_->duration = now_ - held_->start;
  if (held_->duration > Duration{}) usual_ = held_->duration;
  ready_.push_back(std::move(*held_));
  held_.reset();
}

Piece PieceChain::assembled() {
  Piece piece = head_;
  piece.bytes = Slice(std::exchange(bytes_, {}));
  return piece;
}

}  // namespace alluvium::media
