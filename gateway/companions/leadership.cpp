#include "gateway/companions/leadership.hpp"

#include <algorithm>

namespace alluvium::gateway {

bool Leadership::on_ask(Instant now) {
  asked_ = now;
  if (back_since_ && now - *back_since_ >= precedence) back_since_.reset();
  const bool knows_another = !seat_.id.empty() && !leads();
  return !(knows_another && (is_lost_ || back_since_));
}

void Leadership::on_reply(const std::optional<SharedStore::Seat>& reply, Instant now) {
  next_ask_ = now + ask_every;
  if (!reply) {
    is_lost_ = true;
    return;
  }
  if (is_lost_) back_since_ = now;
  is_lost_ = false;
  if (reply->id.empty()) {
    // Who led before is waited for. The secret may be another one.
    seat_.secret = reply->secret;
    return;
  }
  seat_ = *reply;
  back_since_.reset();
  if (leads()) {
    confirmed_ = asked_;
  } else {
    // At once when its time is over, so that nobody waits for longer than a term.
    next_ask_ = now + std::clamp<Duration>(seat_.remains, std::chrono::milliseconds(10), ask_every);
  }
}

}  // namespace alluvium::gateway
