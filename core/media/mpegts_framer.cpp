#include "core/media/framers.hpp"
#include "core/media/scale.hpp"

#include <algorithm>

namespace alluvium::media {

namespace {

constexpr std::size_t packet_bytes = 188;
constexpr std::uint8_t sync_byte = 0x47;
constexpr std::size_t max_packets = 21;  // of a piece: just under 4 KiB

/// An MPEG transport stream (ISO 13818-1), cut between packets and paced evenly over its duration:
/// its tables come again and again, so a player can begin with any packet. The first packet of a
/// run is believed when another one or the end of the file follows it; what is between runs is left
/// out. Invariant: `buffer_[used_]` is the file's byte `offset_`.
class MpegTsFramer final : public Framer {
 public:
  MpegTsFramer(Duration duration, std::uint64_t length) : pace_{duration, length} {}

  void feed(ByteView bytes) override {
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(used_));
    used_ = 0;
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  }
  void finish() override { is_finished_ = true; }
  [[nodiscard]] std::optional<Piece> next() override;

  [[nodiscard]] bool can_be_entered() const override { return true; }
  [[nodiscard]] bool can_jump() const override { return true; }
  void jump(std::uint64_t offset, Duration) override {
    buffer_.clear();
    used_ = 0;
    offset_ = offset;
    is_finished_ = false;
    is_in_sync_ = false;
  }
  [[nodiscard]] std::string family() const override { return "mpegts"; }

 private:
  [[nodiscard]] ByteView rest() const { return ByteView(buffer_).subspan(used_); }
  [[nodiscard]] std::optional<std::size_t> packets_here() const;
  void pass(std::size_t count) {
    used_ += count;
    offset_ += count;
  }

  EvenPace pace_;
  Bytes buffer_;
  std::size_t used_ = 0;
  std::uint64_t offset_ = 0;
  bool is_finished_ = false;
  bool is_in_sync_ = false;  ///< A packet ends here.
};

std::optional<Piece> MpegTsFramer::next() {
  while (!rest().empty()) {
    const auto packets = packets_here();
    if (!packets) break;
    is_in_sync_ = *packets > 0;
    if (!is_in_sync_) {
      const ByteView bytes = rest();
      pass(static_cast<std::size_t>(std::find(bytes.begin() + 1, bytes.end(), sync_byte) -
                                    bytes.begin()));
      continue;
    }
    Piece piece;
    piece.bytes = Slice(to_bytes(rest().first(*packets * packet_bytes)));
    piece.offset = offset_;
    piece.start = pace_.time_at(offset_);
    pass(piece.bytes.size());
    piece.duration = pace_.time_at(offset_) - piece.start;
    return piece;
  }
  return std::nullopt;
}

/// How many packets for one piece stand here; none if that cannot be told yet.
std::optional<std::size_t> MpegTsFramer::packets_here() const {
  const ByteView bytes = rest();
  const std::optional<std::size_t> undecided;
  for (std::size_t count = 0; count < max_packets; ++count) {
    const std::size_t at = count * packet_bytes;
    const std::size_t end = at + packet_bytes;
    if (at < bytes.size() && bytes[at] != sync_byte) return count;
    if (end > bytes.size()) return is_finished_ ? count : undecided;
    if (is_in_sync_ || count > 0) continue;
    if (end == bytes.size() && !is_finished_) return undecided;
    if (end < bytes.size() && bytes[end] != sync_byte) return 0;
  }
  return max_packets;
}

}  // namespace

std::unique_ptr<Framer> make_mpegts_framer(Duration duration, std::uint64_t length) {
  return std::make_unique<MpegTsFramer>(duration, length);
}

}  // namespace alluvium::media
