#include "core/media/framers.hpp"
#include "core/media/scale.hpp"

#include <algorithm>

namespace alluvium::media {

namespace {

/// Any file, cut at every multiple of 4 KiB and paced evenly over its duration.
class OpaqueFramer final : public Framer {
 public:
  OpaqueFramer(Duration duration, std::uint64_t length) : pace_{duration, length} {}

  void feed(ByteView bytes) override {
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(used_));
    used_ = 0;
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  }
  void finish() override { is_finished_ = true; }

  [[nodiscard]] std::optional<Piece> next() override {
    constexpr std::size_t piece_bytes = 4'096;
    const ByteView rest = ByteView(buffer_).subspan(used_);
    if (rest.empty() || (rest.size() < piece_bytes && !is_finished_)) return std::nullopt;
    const ByteView bytes = rest.first(std::min(piece_bytes, rest.size()));
    Piece piece;
    piece.bytes = Slice(to_bytes(bytes));
    piece.offset = offset_;
    piece.start = time_at(offset_);
    piece.is_entry = offset_ == 0;
    used_ += bytes.size();
    offset_ += bytes.size();
    piece.duration = time_at(offset_) - piece.start;
    return piece;
  }

  [[nodiscard]] bool can_be_entered() const override { return false; }
  [[nodiscard]] bool can_jump() const override { return false; }
  void jump(std::uint64_t, Duration) override {}
  [[nodiscard]] std::string family() const override { return {}; }

 private:
  [[nodiscard]] Duration time_at(std::uint64_t offset) const { return pace_.time_at(offset); }

  EvenPace pace_;
  Bytes buffer_;
  std::size_t used_ = 0;
  std::uint64_t offset_ = 0;
  bool is_finished_ = false;
};

}  // namespace

std::unique_ptr<Framer> make_opaque_framer(Duration duration, std::uint64_t length) {
  return std::make_unique<OpaqueFramer>(duration, length);
}

}  // namespace alluvium::media
