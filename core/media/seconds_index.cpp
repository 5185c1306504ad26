#include "core/media/seconds_index.hpp"

#include <algorithm>
#include <utility>

namespace alluvium::media {

SecondsIndexer::SecondsIndexer(std::unique_ptr<Framer> framer) : framer_(std::move(framer)) {}

void SecondsIndexer::feed(ByteView bytes) {
  // A framer holds what it is fed until it is taken.
  constexpr std::size_t portion = 32 * 1024;
  while (!bytes.empty()) {
    const ByteView part = bytes.first(std::min(portion, bytes.size()));
    framer_->feed(part);
    drain();
    bytes = bytes.subspan(part.size());
  }
}

void SecondsIndexer::finish() {
  framer_->finish();
  drain();
}

std::chrono::milliseconds SecondsIndexer::duration() const {
  return std::chrono::round<std::chrono::milliseconds>(end_);
}

void SecondsIndexer::drain() {
  while (const auto piece = framer_->next()) {
    if (piece->kind == Piece::Kind::header) continue;
    while (seconds_.size() < max_seconds && piece->start >= std::chrono::seconds(seconds_.size())) {
      seconds_.push_back(piece->offset);
    }
    end_ = std::max(end_, piece->start + piece->duration);
  }
}

}  // namespace alluvium::media
