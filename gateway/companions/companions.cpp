#include "gateway/companions/companions.hpp"

#include "gateway/companions/errand.hpp"

#include <algorithm>
#include <utility>

namespace alluvium::gateway {

Companions::Companions(const Surroundings& surroundings, Settings settings, Events events)
    : surroundings_(surroundings),
      settings_(std::move(settings)),
      events_(std::move(events)),
      leadership_(settings_.id),
      ask_timer_(surroundings.timers.make_timer([this] { ask(); })),
      take_over_timer_(surroundings.timers.make_timer([this] { on_taken_over(); })) {
  ask_timer_->arm({});
}

Companions::~Companions() = default;

void Companions::ask() {
  SharedStore::Candidate candidate;
  candidate.id = settings_.id;
  candidate.url = settings_.url;
  candidate.secret = settings_.secret;
  candidate.term = Leadership::term;
  candidate.claims = leadership_.on_ask(surroundings_.clock.now());
  surroundings_.store.elect(
      candidate, [self = std::weak_ptr(self_)](const std::optional<SharedStore::Seat>& reply) {
        if (const auto alive = self.lock()) (*alive)->on_reply(reply);
      });
}

void Companions::on_reply(const std::optional<SharedStore::Seat>& reply) {
  if (has_resigned_) return;
  const Instant now = surroundings_.clock.now();
  const bool was_lost = leadership_.is_lost();
  const std::string led = leadership_.seat().id;
  leadership_.on_reply(reply, now);
  ask_timer_->arm(leadership_.next_ask() - now);
  // Whoever leads while the store forgets keeps to what all have known.
  if (!leadership_.seat().secret.empty()) settings_.secret = leadership_.seat().secret;

  if (leadership_.is_lost() != was_lost) events_.on_store(leadership_.is_lost());
  const bool has_changed = leadership_.seat().id != led;
  if (has_changed && leads()) begin_to_lead();
  if (has_changed && !leads()) events_.on_follow();
  // Also those who waited because it was not sure who leads.
  wake_all();
}

void Companions::begin_to_lead() {
  ++counters_.elections;
  has_taken_over_ = false;
  take_over_timer_->arm(longest_take_over);
  events_.on_lead([self = std::weak_ptr(self_), term = counters_.elections] {
    const auto alive = self.lock();
    if (alive && (*alive)->counters_.elections == term) (*alive)->on_taken_over();
  });
}

void Companions::on_taken_over() {
  take_over_timer_->disarm();
  has_taken_over_ = true;
  wake_all();
}

void Companions::wake_all() {
  // Each may end, and be destroyed, while it looks; none is added.
  std::uint64_t next = 0;
  for (auto errand = errands_.begin(); errand != errands_.end();
       errand = errands_.lower_bound(next)) {
    next = errand->first + 1;
    errand->second->look();
  }
}

Companions::Course Companions::course(bool handed, const std::string& in_vain) const {
  const bool is_lost = leadership_.is_lost();
  if (has_resigned_) return handed ? Course::nowhere : Course::wait;
  if (leads()) {
    const bool can_answer = has_taken_over_ && leadership_.surely_leads(surroundings_.clock.now());
    return can_answer ? Course::here : Course::wait;
  }
  if (handed) return Course::nowhere;
  const auto& id = leadership_.seat().id;
  if (!id.empty() && id != in_vain && !leadership_.seat().secret.empty()) return Course::there;
  return is_lost ? Course::here : Course::wait;
}

std::unique_ptr<http::Exchange> Companions::answer(const http::Request& request,
                                                   http::Responder& responder, const Serve& serve) {
  http::Request asked = request;
  const Passed passed = take_pass(leadership_.seat().secret, asked);
  if (passed == Passed::falsely) {
    ++counters_.refused;
    responder.send(no_answer(403, "only another gateway may hand on requests"));
    return nullptr;
  }
  const bool handed = passed == Passed::yes;
  if (handed) ++counters_.taken_over;
  if (course(handed, {}) == Course::here) {
    if (!leads()) ++counters_.alone;
    return serve(asked, responder);
  }
  auto errand = std::make_unique<Errand>(*this, std::move(asked), handed, responder, serve);
  errand->look();
  if (errand->is_over()) return nullptr;
  return errand;
}

void Companions::resign(std::function<void()> on_done) {
  has_resigned_ = true;
  ask_timer_->disarm();
  surroundings_.store.resign(settings_.id, std::move(on_done));
}

}  // namespace alluvium::gateway
