#include "core/peer/chunk_upload.hpp"

#include <utility>

namespace alluvium::peer {

ChunkUpload::ChunkUpload(swarm::Services& services, Uplink& uplink, const net::IpAddress& to,
                         AskedPart part, http::Responder& responder)
    : services_(services),
      uplink_(uplink),
      to_(to),
      part_(std::move(part)),
      rest_(part_.range),
      responder_(responder),
      patience_timer_(services.timers.make_timer([this] { give_up(); })) {
  go_on();
}

ChunkUpload::~ChunkUpload() {
  leave_line();
  set_sending(false);
}

void ChunkUpload::set_sending(bool sending) {
  if (std::exchange(is_sending_, sending) == sending) return;
  const Instant now = services_.clock.now();
  sending ? uplink_.meter.on_begin(now) : uplink_.meter.on_end(now);
}

void ChunkUpload::go_on() {
  const bool is_busy = load_ || line_ || !next_.empty() || responder_.queued_bytes() > 0;
  if (is_busy) return;
  set_sending(false);
  if (has_begun_ && rest_.empty()) return responder_.end();
  const hash::ChunkIndex index{static_cast<std::uint32_t>(rest_.begin / hash::chunk_bytes)};
  if (services_.store.held(part_.root).has(index)) return load(index);
  part_.patience > Duration::zero() ? stand_in_line(index) : responder_.abort();
}

void ChunkUpload::stand_in_line(hash::ChunkIndex index) {
  ++uplink_.standing;
  line_ = services_.incoming.wait(part_.root, index, [this, index] {
    leave_line();
    load(index);
  });
  patience_timer_->arm(part_.patience);
}

void ChunkUpload::leave_line() {
  if (!line_) return;
  line_.reset();
  patience_timer_->disarm();
  --uplink_.standing;
}

void ChunkUpload::give_up() {
  leave_line();
  if (has_begun_) return responder_.abort();
  responder_.send(http::text_response(503, "that part did not come in time"));
}

void ChunkUpload::load(hash::ChunkIndex index) {
  load_ = services_.store.load(part_.root, index,
                               [this](std::optional<Slice> chunk) { on_loaded(std::move(chunk)); });
}

void ChunkUpload::on_loaded(std::optional<Slice> chunk) {
  load_.reset();
  if (!chunk) return responder_.abort();
  if (!std::exchange(has_begun_, true)) {
    responder_.begin(std::move(part_.head), part_.range.size());
  }
  const std::uint64_t skipped = rest_.begin % hash::chunk_bytes;
  next_ = chunk->part(skipped, rest_.size());
  set_sending(true);
  turn_ = uplink_.queue.wait(next_.size(), part_.urgency, [this] { send(); });
}

void ChunkUpload::send() {
  rest_.begin += next_.size();
  services_.statistics.uploaded_bytes += next_.size();
  uplink_.ledger.on_sent(to_, next_.size());
  uplink_.meter.on_sent(next_.size());
  responder_.write(std::exchange(next_, {}));
  go_on();
}

}  // namespace alluvium::peer
