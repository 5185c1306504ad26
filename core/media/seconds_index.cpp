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
  if (!framer_->can_be_entered()) {
    // It was not what it seemed, and its pieces tell no time.
    seconds_.clear();
    end_ = {};
  }
  if (framer_->has_rare_entries() && last_entry_) fill_before(end_, *last_entry_);
}

std::chrono::milliseconds SecondsIndexer::duration() const {
  return std::chrono::round<std::chrono::milliseconds>(end_);
}

void SecondsIndexer::drain() {
  while (const auto piece = framer_->next()) {
    if (piece->kind == Piece::Kind::header) {
      const bool is_later_link = piece->begins_link && piece->offset > 0;
      if (is_later_link && links_.size() < max_links) {
        links_.push_back(
            {piece->offset, std::chrono::round<std::chrono::milliseconds>(piece->start)});
      }
      continue;
    }
    // Where a player can rarely begin, a second leads to the last place before it where it can;
    // elsewhere to the first one after it, as there is one soon.
    if (framer_->has_rare_entries()) fill_before(piece->start, last_entry_.value_or(piece->offset));
    if (piece->is_entry) {
      last_entry_ = piece->offset;
      fill_before(piece->start + Duration(1), piece->offset);
    }
    end_ = std::max(end_, piece->start + piece->duration);
  }
}

/// All seconds that begin before `time` and have no place yet.
void SecondsIndexer::fill_before(Duration time, std::uint64_t offset) {
  while (seconds_.size() < max_seconds && std::chrono::seconds(seconds_.size()) < time) {
    seconds_.push_back(offset);
  }
}

}  // namespace alluvium::media
