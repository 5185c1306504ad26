#include "core/peer/chunk_upload.hpp"

#include <algorithm>

namespace alluvium::peer {

ChunkUpload::ChunkUpload(swarm::Services& services, Uplink& uplink, const net::IpAddress& to,
                         hash::TreeRoot root, ByteRange range, http::Responder& responder)
    : services_(services),
      uplink_(uplink),
      to_(to),
      root_(root),
      rest_(range),
      responder_(responder),
      timer_(services.timers.make_timer([this] { send(); })) {
  go_on();
}

void ChunkUpload::go_on() {
  const bool is_busy = load_ || !next_.empty() || responder_.queued_bytes() > 0;
  if (is_busy) return;
  if (rest_.empty()) return responder_.end();
  const hash::ChunkIndex index{static_cast<std::uint32_t>(rest_.begin / hash::chunk_bytes)};
  load_ = services_.store.load(root_, index,
                               [this](std::optional<Slice> chunk) { on_loaded(std::move(chunk)); });
}

void ChunkUpload::on_loaded(std::optional<Slice> chunk) {
  load_.reset();
  if (!chunk) return responder_.abort();
  const std::uint64_t skipped = rest_.begin % hash::chunk_bytes;
  next_ = chunk->part(skipped, rest_.size());
  timer_->arm(uplink_.budget.reserve(next_.size(), services_.clock.now()));
}

void ChunkUpload::send() {
  rest_.begin += next_.size();
  services_.statistics.uploaded_bytes += next_.size();
  uplink_.ledger.on_sent(to_, next_.size());
  responder_.write(std::exchange(next_, {}));
  go_on();
}

}  // namespace alluvium::peer
