#include "gateway/broadcaster/live/part_cutter.hpp"

#include <utility>

namespace alluvium::broadcaster {

namespace {

/// Where no place to begin comes, a part is cut anywhere once it is so many times too long, or has
/// so many bytes: more than 8 s of 4 Mbit/s.
constexpr int most_lengths = 5;
constexpr std::size_t most_bytes = std::size_t{4} << 20;
/// Headers that carry covers may be long; what is longer than this is somebody's joke.
constexpr std::size_t most_header_bytes = std::size_t{1} << 20;

void append(Bytes& to, const Slice& bytes) {
  to.insert(to.end(), bytes.view().begin(), bytes.view().end());
}

}  // namespace

bool PartCutter::can_cut(media::Format format) {
  return format == media::Format::mp3 || format == media::Format::adts ||
         format == media::Format::ogg;
}

PartCutter::PartCutter(media::Format format, Duration length)
    : format_(format), framer_(media::make_framer(format, {}, 0)), length_(length) {}

void PartCutter::feed(ByteView bytes) {
  framer_->feed(bytes);
}

void PartCutter::finish() {
  framer_->finish();
  is_finished_ = true;
}

std::optional<Part> PartCutter::next() {
  for (;;) {
    auto piece = std::exchange(ahead_, std::nullopt);
    if (!piece) piece = framer_->next();
    if (!piece) return is_finished_ ? cut() : std::nullopt;
    const bool begins_headers = piece->kind == media::Piece::Kind::header && piece->begins_link;
    if (begins_headers || ends_before(*piece)) {
      if (auto part = cut()) {
        ahead_ = std::move(piece);
        return part;
      }
    }
    if (piece->kind == media::Piece::Kind::header) {
      take_header(*piece);
      continue;
    }
    take_media(*piece);
    if (end_ - *start_ >= length_ && is_followed_by_entry(*piece)) {
      if (auto part = cut()) return part;
    }
  }
}

std::size_t PartCutter::held_bytes() const {
  return headers_.size() + media_.size();
}

void PartCutter::take_header(const media::Piece& piece) {
  if (piece.begins_link) {
    headers_.clear();
    begins_link_ = true;
  }
  if (headers_.size() + piece.bytes.size() <= most_header_bytes) append(headers_, piece.bytes);
}

bool PartCutter::ends_before(const media::Piece& piece) const {
  if (!start_ || piece.kind != media::Piece::Kind::media) return false;
  const bool is_full = media_.size() + piece.bytes.size() > most_bytes;
  // What lasts no time is not cut off from what follows it: it is heard with that.
  return is_full || (end_ - *start_ >= length_ * (piece.is_entry ? 1 : most_lengths));
}

/// Pages may be a second apart, so that it is worth not to wait for the next one.
bool PartCutter::is_followed_by_entry(const media::Piece& piece) const {
  if (format_ != media::Format::ogg) return true;
  // Of several streams, or pictures, it cannot be told.
  if (framer_->family().empty()) return false;
  // A last segment of 255 bytes: its packet goes on on the next page (RFC 3533, 5).
  constexpr std::size_t segments_at = 26;
  constexpr std::uint8_t goes_on = 255;
  const ByteView page = piece.bytes.view();
  if (page.size() <= segments_at) return false;
  const std::size_t last = segments_at + page[segments_at];
  return last > segments_at && last < page.size() && page[last] != goes_on;
}

void PartCutter::take_media(const media::Piece& piece) {
  append(media_, piece.bytes);
  if (!start_) start_ = piece.start;
  end_ = piece.start + piece.duration;
}

/// What has grown so far. Nothing if it lasts no time: it is dropped.
std::optional<Part> PartCutter::cut() {
  const auto start = std::exchange(start_, std::nullopt);
  Bytes media = std::exchange(media_, {});
  if (!start || end_ <= *start) return std::nullopt;
  Part part;
  part.bytes = headers_;
  part.header_bytes = headers_.size();
  part.begins_link = std::exchange(begins_link_, false);
  part.bytes.insert(part.bytes.end(), media.begin(), media.end());
  part.start = *start;
  part.end = end_;
  return part;
}

}  // namespace alluvium::broadcaster
