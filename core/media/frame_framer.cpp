#include "core/media/frame_header.hpp"
#include "core/media/framers.hpp"
#include "core/media/scale.hpp"
#include "core/media/tags.hpp"

#include <algorithm>
#include <string_view>

namespace alluvium::media {

namespace {

/// How the frames of one format are told apart.
struct FrameRules {
  std::string_view family;
  std::size_t header_bytes;
  std::optional<FrameHeader> (*parse_header)(ByteView);
  bool (*is_info)(ByteView);  ///< Frames to leave out.
};

/// Media time, counted in samples so that no rounding adds up.
class SampleClock {
 public:
  void restart(Duration time) {
    base_ = time;
    samples_ = 0;
  }
  [[nodiscard]] Duration now() const { return base_ + time_of(samples_, rate_); }
  void advance(const FrameHeader& header) {
    if (header.rate != rate_) {
      restart(now());
      rate_ = header.rate;
    }
    samples_ += header.samples;
  }

 private:
  Duration base_{};
  std::uint64_t samples_ = 0;
  std::uint32_t rate_ = 1;
};

/// Frames that carry their own length, one behind the other: MPEG audio and ADTS. A frame is
/// believed when it follows one of its family, or when another of its family, a tag or the end of
/// the file follows it; anything else is passed over byte by byte. libmpg123 would do this for MPEG
/// too, but holds a whole ID3v2 tag in memory and believes single headers found in junk.
/// Invariant: `buffer_[used_]` is the file's byte `offset_`, or `skip_` bytes of a tag begin there.
class FrameFramer final : public Framer {
 public:
  explicit FrameFramer(const FrameRules& rules) : rules_(rules) {}

  void feed(ByteView bytes) override;
  void finish() override { is_finished_ = true; }
  [[nodiscard]] std::optional<Piece> next() override;
  [[nodiscard]] bool can_be_entered() const override { return true; }
  [[nodiscard]] bool can_jump() const override { return true; }
  void jump(std::uint64_t offset, Duration time) override;
  [[nodiscard]] std::string family() const override { return std::string(rules_.family); }

 private:
  enum class Verdict { frame, junk, wait };
  [[nodiscard]] Verdict judge(ByteView rest) const;
  [[nodiscard]] bool is_confirmed_by(ByteView after, std::uint32_t family) const;
  [[nodiscard]] ByteView rest() const { return ByteView(buffer_).subspan(used_); }
  void pass(std::size_t count);
  void pass_junk();
  Piece take(const FrameHeader& header);

  FrameRules rules_;
  Bytes buffer_;
  std::size_t used_ = 0;
  std::uint64_t offset_ = 0;
  std::uint64_t skip_ = 0;
  bool is_finished_ = false;
  bool at_boundary_ = true;              ///< A tag may stand here: between frames, or at the start.
  std::optional<std::uint32_t> family_;  ///< Of the frame that ends here.
  SampleClock clock_;
};

void FrameFramer::feed(ByteView bytes) {
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(used_));
  used_ = 0;
  const auto skipped =
      static_cast<std::size_t>(buffer_.empty() ? std::min<std::uint64_t>(skip_, bytes.size()) : 0);
  skip_ -= skipped;
  offset_ += skipped;
  bytes = bytes.subspan(skipped);
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
}

void FrameFramer::jump(std::uint64_t offset, Duration time) {
  buffer_.clear();
  used_ = 0;
  offset_ = offset;
  skip_ = 0;
  is_finished_ = false;
  at_boundary_ = true;
  family_.reset();
  clock_.restart(time);
}

std::optional<Piece> FrameFramer::next() {
  for (;;) {
    const auto skipped = std::min<std::uint64_t>(skip_, rest().size());
    pass(static_cast<std::size_t>(skipped));
    skip_ -= skipped;
    if (rest().empty()) return std::nullopt;

    if (at_boundary_) {
      const Tag tag = tag_at(rest());
      if (tag.state == Tag::State::unclear && !is_finished_) return std::nullopt;
      if (tag.state == Tag::State::found) {
        skip_ = tag.length;
        family_.reset();
        continue;
      }
    }
    switch (judge(rest())) {
      case Verdict::wait:
        return std::nullopt;
      case Verdict::junk:
        pass_junk();
        break;
      case Verdict::frame: {
        const FrameHeader header = *rules_.parse_header(rest());
        at_boundary_ = true;
        family_ = header.family;
        if (rules_.is_info(rest().first(header.bytes))) {
          pass(header.bytes);
          break;
        }
        return take(header);
      }
    }
  }
}

FrameFramer::Verdict FrameFramer::judge(ByteView rest) const {
  const Verdict incomplete = is_finished_ ? Verdict::junk : Verdict::wait;
  if (rest[0] != 0xff) return Verdict::junk;
  if (rest.size() < rules_.header_bytes) return incomplete;
  const auto header = rules_.parse_header(rest);
  if (!header) return Verdict::junk;
  if (rest.size() < header->bytes) return incomplete;
  if (family_ == header->family) return Verdict::frame;

  const ByteView after = rest.subspan(header->bytes);
  if (is_confirmed_by(after, header->family)) return Verdict::frame;
  const bool may_be_confirmed_yet =
      after.size() < rules_.header_bytes || tag_at(after).state == Tag::State::unclear;
  return may_be_confirmed_yet ? incomplete : Verdict::junk;
}

bool FrameFramer::is_confirmed_by(ByteView after, std::uint32_t family) const {
  if (after.empty()) return is_finished_;
  if (tag_at(after).state == Tag::State::found) return true;
  const auto next = rules_.parse_header(after);
  return next && next->family == family;
}

void FrameFramer::pass(std::size_t count) {
  used_ += count;
  offset_ += count;
}

void FrameFramer::pass_junk() {
  const ByteView bytes = rest();
  const auto sync = std::find(bytes.begin() + 1, bytes.end(), std::uint8_t{0xff});
  pass(static_cast<std::size_t>(sync - bytes.begin()));
  at_boundary_ = false;
  family_.reset();
}

Piece FrameFramer::take(const FrameHeader& header) {
  Piece piece;
  piece.bytes = Slice(to_bytes(rest().first(header.bytes)));
  piece.offset = offset_;
  piece.start = clock_.now();
  clock_.advance(header);
  piece.duration = clock_.now() - piece.start;
  pass(header.bytes);
  return piece;
}

}  // namespace

std::unique_ptr<Framer> make_mp3_framer() {
  return std::make_unique<FrameFramer>(
      FrameRules{"mpeg", mpeg_header_bytes, parse_mpeg_header, is_info_frame});
}

std::unique_ptr<Framer> make_adts_framer() {
  return std::make_unique<FrameFramer>(
      FrameRules{"adts", adts_header_bytes, parse_adts_header, [](ByteView) { return false; }});
}

}  // namespace alluvium::media
