#include "core/peer/upload_meter.hpp"

#include <algorithm>
#include <utility>

namespace alluvium::peer {

namespace {

/// Less says more of buffers than of the line.
constexpr std::uint64_t enough_bytes = 64 * 1024;
constexpr Duration shortest = std::chrono::milliseconds(1);

}  // namespace

void UploadMeter::on_begin(Instant now) {
  if (under_way_++ == 0) since_ = now;
}

void UploadMeter::on_end(Instant now) {
  if (--under_way_ == 0) busy_ += now - since_;
}

std::uint64_t UploadMeter::measure(Instant now) {
  if (under_way_ > 0) busy_ += now - std::exchange(since_, now);
  if (bytes_ < enough_bytes) return bits_per_second_;
  const auto micros = static_cast<std::uint64_t>(std::max(busy_, shortest).count());
  bits_per_second_ = bytes_ * 8 * 1'000'000 / micros;
  bytes_ = 0;
  busy_ = {};
  return bits_per_second_;
}

}  // namespace alluvium::peer
