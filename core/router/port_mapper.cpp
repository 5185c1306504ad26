#include "core/router/port_mapper.hpp"

#include <algorithm>
#include <utility>

namespace alluvium::router {

namespace {

constexpr std::uint16_t least_port = 1024;
constexpr Duration longest_tick = std::chrono::minutes(1);
/// The civil clock has run so much more than ours: this machine has slept.
constexpr Duration slept = std::chrono::seconds(30);
/// Whatever short time a router grants, it is not asked more often than this.
constexpr Duration shortest_renewal = std::chrono::seconds(30);

}  // namespace

PortMapper::PortMapper(Router& router, MapPort how, const Clock& clock, Timers& timers,
                       std::function<void()> on_change)
    : router_(router),
      how_(how),
      clock_(clock),
      on_change_(std::move(on_change)),
      tick_(timers.make_timer([this] { tick(); })),
      soon_(timers.make_timer([this] { on_change_(); })),
      leaving_(timers.make_timer([this] { finish_leaving(); })) {}

void PortMapper::set_port(std::uint16_t port) {
  if (how_ == MapPort::off || port == port_) return;
  port_ = port;
  due_ = clock_.now();
  pause_ = first_pause;
  show({port == 0 ? PortMapping::State::off : PortMapping::State::asking, {}, {}});
  pursue();
}

std::optional<std::uint16_t> PortMapper::external_port() const {
  if (status_.state != PortMapping::State::open) return std::nullopt;
  return status_.mapping->external_port;
}

void PortMapper::leave(std::function<void()> on_done) {
  on_left_ = std::move(on_done);
  port_ = 0;
  tick_->disarm();
  soon_->disarm();
  leaving_->arm(patience_at_the_end);
  pursue();
}

void PortMapper::finish_leaving() {
  leaving_->disarm();
  job_.reset();
  if (const auto on_left = std::exchange(on_left_, nullptr)) on_left();
}

void PortMapper::pursue() {
  if (job_) return;
  if (open_ && open_->internal_port != port_) return take_back();
  if (port_ != 0 && clock_.now() >= due_) return open();
  // Not from within `leave`.
  if (on_left_) return leaving_->arm(Duration::zero());
  arm_tick();
}

void PortMapper::arm_tick() {
  if (port_ == 0) return tick_->disarm();
  ticked_ = clock_.now();
  ticked_wall_ = clock_.wall_now();
  Duration until = std::min(due_ - ticked_, longest_tick);
  if (open_) until = std::min(until, expires_ - ticked_);
  tick_->arm(std::max(until, Duration::zero()));
}

void PortMapper::tick() {
  const Duration passed = clock_.now() - ticked_;
  if (clock_.wall_now() - ticked_wall_ > passed + slept) {
    due_ = clock_.now();
    pause_ = first_pause;
  }
  drop_if_lost();
  pursue();
}

void PortMapper::drop_if_lost() {
  if (!open_ || clock_.now() < expires_) return;
  open_.reset();
  show({PortMapping::State::failed, {}, failed_});
}

void PortMapper::open() {
  tick_->disarm();
  asked_port_ = port_;
  const bool is_renewal = open_ && open_->internal_port == port_;
  const PortRequest request{how_, port_, is_renewal ? open_->external_port : port_, lifetime};
  job_ = router_.open(request, [this](const Outcome& outcome) { on_opened(outcome); });
}

void PortMapper::on_opened(const Outcome& outcome) {
  job_.reset();
  const Instant now = clock_.now();
  if (outcome.mapping) {
    open_ = outcome.mapping;
    open_->internal_port = asked_port_;
    const bool is_for_ever = open_->lifetime <= std::chrono::seconds::zero();
    const Duration granted =
        is_for_ever ? lifetime
                    : std::clamp<Duration>(open_->lifetime, 2 * shortest_renewal, lifetime);
    expires_ = now + granted;
    due_ = now + granted / 2;
  }
  if (asked_port_ != port_) {
    due_ = now;
  } else if (!outcome.mapping) {
    fail(outcome.failed);
  } else if (open_->external_port < least_port) {
    // Nobody looks for others there.
    take_back();
    fail({{open_->protocol, Failure::nonsense, 0}});
  } else {
    pause_ = first_pause;
    show({PortMapping::State::open, open_, {}});
  }
  pursue();
}

void PortMapper::fail(std::vector<FailedAttempt> failed) {
  due_ = clock_.now() + pause_;
  pause_ = std::min(pause_ * 2, longest_pause);
  failed_ = std::move(failed);
  // What was granted before goes on for its time, unless it is being taken back.
  if (!open_ || job_) return show({PortMapping::State::failed, {}, failed_});
  drop_if_lost();
}

void PortMapper::take_back() {
  tick_->disarm();
  job_ = router_.close(*open_, [this] { on_closed(); });
}

void PortMapper::on_closed() {
  job_.reset();
  open_.reset();
  pursue();
}

void PortMapper::show(PortMapping status) {
  if (status == status_) return;
  status_ = std::move(status);
  soon_->arm(Duration::zero());
}

}  // namespace alluvium::router
