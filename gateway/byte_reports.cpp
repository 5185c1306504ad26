#include "gateway/byte_reports.hpp"

#include <algorithm>
#include <cstddef>

namespace alluvium::gateway {

namespace {

/// How much more it is; a listener that says less than before was started anew.
std::uint64_t growth(std::uint64_t before, std::uint64_t now, std::uint64_t most) {
  return std::min(now >= before ? now - before : now, most);
}

constexpr unsigned part_bits = 16;
constexpr std::uint64_t most_said = (std::uint64_t{1} << 48) - 1;

}  // namespace

ByteReports::Total::Total(std::uint64_t bytes) {
  std::uint64_t left = std::min(bytes, most_said);
  for (auto& part : parts_) {
    part = static_cast<std::uint16_t>(left);
    left >>= part_bits;
  }
}

std::uint64_t ByteReports::Total::bytes() const {
  std::uint64_t bytes = 0;
  for (auto part = parts_.rbegin(); part != parts_.rend(); ++part) {
    bytes = bytes << part_bits | *part;
  }
  return bytes;
}

ByteReports::Milliseconds ByteReports::on_clock(Instant now) {
  const auto passed = std::chrono::floor<std::chrono::milliseconds>(now.time_since_epoch());
  return Milliseconds(static_cast<std::uint32_t>(passed.count()));
}

Duration ByteReports::since(Milliseconds at, Instant now) {
  return on_clock(now) - at;
}

void ByteReports::on_report(const net::Endpoint& listener, const Bytes& said, Instant now) {
  const EndpointName name = hash_.name_of(listener);
  const Last heard{name, Total(said.from_peers), Total(said.from_origins), on_clock(now)};
  Last* const known = last_.find(name);
  if (known == nullptr) {
    // Who has had nothing yet costs no memory.
    if (said.from_peers + said.from_origins == 0) return;
    if (last_.size() < most_listeners) last_[name] = heard;
    return;
  }
  const auto passed = std::min(since(known->at, now), lifetime);
  const auto most = most_bytes_per_second / 1'000 *
                    static_cast<std::uint64_t>(
                        std::chrono::duration_cast<std::chrono::milliseconds>(passed).count());
  sum_.from_peers += growth(known->from_peers.bytes(), heard.from_peers.bytes(), most);
  sum_.from_origins += growth(known->from_origins.bytes(), heard.from_origins.bytes(), most);
  *known = heard;
}

void ByteReports::expire(Instant now) {
  last_.erase_if([&](const Last& last) { return since(last.at, now) >= lifetime; });
}

}  // namespace alluvium::gateway
