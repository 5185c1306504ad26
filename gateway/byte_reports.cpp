#include "gateway/byte_reports.hpp"

#include <algorithm>

namespace alluvium::gateway {

namespace {

/// How much more it is; a listener that says less than before was started anew.
std::uint64_t growth(std::uint64_t before, std::uint64_t now, std::uint64_t most) {
  return std::min(now >= before ? now - before : now, most);
}

}  // namespace

void ByteReports::on_report(const net::Endpoint& listener, const Bytes& said, Instant now) {
  Last* const known = last_.find(listener);
  if (known == nullptr) {
    // Who has had nothing yet costs no memory.
    if (said.from_peers + said.from_origins == 0) return;
    if (last_.size() < most_listeners) last_[listener] = {listener, said, now};
    return;
  }
  Last& last = *known;
  const auto passed = std::clamp<Duration>(now - last.at, Duration::zero(), lifetime);
  const auto most = most_bytes_per_second / 1'000 *
                    static_cast<std::uint64_t>(
                        std::chrono::duration_cast<std::chrono::milliseconds>(passed).count());
  sum_.from_peers += growth(last.said.from_peers, said.from_peers, most);
  sum_.from_origins += growth(last.said.from_origins, said.from_origins, most);
  last = {listener, said, now};
}

void ByteReports::expire(Instant now) {
  last_.erase_if([&](const Last& last) { return now - last.at >= lifetime; });
}

}  // namespace alluvium::gateway
