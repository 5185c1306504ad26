#include "tests/sim/host.hpp"

#include "tests/sim/network.hpp"

#include <algorithm>
#include <utility>

namespace alluvium::sim {

namespace {

constexpr Instant begin{std::chrono::hours(1)};
/// As our servers and most others have it.
constexpr Duration idle_connection_time = std::chrono::seconds(10);

class WorkersJob final : public Job {
 public:
  explicit WorkersJob(std::unique_ptr<Timer> timer) : timer_(std::move(timer)) {}

 private:
  std::unique_ptr<Timer> timer_;
};

}  // namespace

class Host::HostTimer final : public Timer, private Actor {
 public:
  HostTimer(Host& host, std::function<void()> on_fire)
      : host_(host), on_fire_(std::move(on_fire)) {}
  ~HostTimer() override { disarm(); }

  void arm(Duration delay) override {
    disarm();
    Actor& self = *this;
    appointment_ = host_.agenda_.at(host_.now() + std::max(delay, Duration::zero()), self);
  }
  void disarm() override { host_.agenda_.cancel(appointment_); }

 private:
  void on_event(std::uint32_t) override {
    if (!host_.is_up()) return;
    // The call may destroy this timer, and with it the function.
    const auto on_fire = on_fire_;
    on_fire();
  }

  Host& host_;
  std::function<void()> on_fire_;
  Appointment appointment_;
};

Host::Host(Network& network, std::uint32_t number, const HostTraits& traits, std::uint64_t seed)
    : uplink(traits.uplink_bps),
      downlink(traits.downlink_bps),
      network_(network),
      agenda_(network.agenda()),
      number_(number),
      traits_(traits),
      random_(seed) {}

void Host::listen(std::uint16_t port, http::Handler* handler) {
  port_ = port;
  handler_ = handler;
}

void Host::kill() {
  state_ = State::dead;
  network_.reset_all_of(*this);
}

Instant Host::now() const {
  return agenda_.now();
}

WallTime Host::wall_now() const {
  return wall_begin + traits_.clock_ahead +
         std::chrono::duration_cast<std::chrono::milliseconds>(agenda_.now() - begin);
}

std::unique_ptr<Timer> Host::make_timer(std::function<void()> on_fire) {
  return std::make_unique<HostTimer>(*this, std::move(on_fire));
}

std::unique_ptr<Job> Host::run(std::function<void()> work, std::function<void()> on_done) {
  auto timer = make_timer([work = std::move(work), on_done = std::move(on_done)] {
    work();
    on_done();
  });
  timer->arm({});
  return std::make_unique<WorkersJob>(std::move(timer));
}

std::unique_ptr<http::Transfer> Host::start(http::ClientRequest request,
                                            http::TransferObserver& observer) {
  return network_.start(*this, std::move(request), observer);
}

bool Host::take_connection(const Host& to) {
  const Instant oldest = now() - idle_connection_time;
  std::erase_if(idle_, [&](const Idle& idle) { return idle.since < oldest; });
  const auto found = std::find_if(idle_.begin(), idle_.end(),
                                  [&](const Idle& idle) { return idle.host == to.number(); });
  if (found == idle_.end()) return false;
  idle_.erase(found);
  return true;
}

void Host::keep_connection(const Host& to) {
  idle_.push_back({to.number(), now()});
}

}  // namespace alluvium::sim
