#include "tests/sim/reverse_dialer.hpp"

#include "tests/sim/network.hpp"

#include <algorithm>
#include <utility>

namespace alluvium::sim {

/// One offer, with the way back if it is taken.
class ReverseDialer::Call final : public reverse::Offer, private http::Client {
 public:
  Call(ReverseDialer& dialer, Host* to, std::string token, std::optional<Duration> meet_in,
       Events events)
      : network_(dialer.network_),
        host_(dialer.host_),
        to_(to),
        is_meeting_(meet_in.has_value()),
        token_(std::move(token)),
        events_(std::move(events)),
        timer_(host_.make_timer([this] { on_timer(); })) {
    // The way there and back twice: for the connection, and for the offer.
    timer_->arm((to_ ? 4 * Network::latency(host_, *to_) : std::chrono::seconds(5)) +
                meet_in.value_or(Duration::zero()));
  }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

 private:
  void on_timer() {
    const bool can_answer =
        to_ && !was_tried_ && to_->is_up() && is_let_through() && to_->neighbours != nullptr;
    was_tried_ = true;
    if (can_answer) {
      if (const auto who = to_->neighbours->admit(token_)) {
        place_ = to_->neighbours->enter(*who, *this, [this] {
          place_.reset();
          timer_->arm(Network::latency(host_, *to_));
        });
        return events_.on_taken();
      }
    }
    const auto on_ended = std::move(events_.on_ended);
    on_ended();
  }
  /// Whether routers let the two meet is a matter of the two routers.
  [[nodiscard]] bool is_let_through() const {
    if (!to_->traits().is_behind_nat) return true;
    const std::uint64_t a = std::min(host_.number(), to_->number());
    const std::uint64_t b = std::max(host_.number(), to_->number());
    return is_meeting_ && to_->expected.count(host_.traits().address) > 0 &&
           Random(a << 32 | b).below(100) < meetings_percent;
  }
  /// The other end asks.
  std::unique_ptr<http::Transfer> start(http::ClientRequest request,
                                        http::TransferObserver& observer) override {
    return network_.start_behind_nat(*to_, std::move(request), observer);
  }

  Network& network_;
  Host& host_;
  Host* to_;  ///< Null: nobody is there.
  bool is_meeting_;
  std::string token_;
  Events events_;
  bool was_tried_ = false;
  std::unique_ptr<Timer> timer_;
  std::unique_ptr<reverse::Neighbours::Place> place_;
};

/// Dials from then on for a while.
class ReverseDialer::Expectation final : public reverse::Offer {
 public:
  Expectation(Host& host, const net::IpAddress& from, Duration meet_in,
              std::function<void()> on_over)
      : host_(host),
        from_(from),
        on_over_(std::move(on_over)),
        timer_(host.make_timer([this] { on_timer(); })) {
    timer_->arm(meet_in);
  }
  ~Expectation() override {
    if (has_begun_) host_.expected.erase(host_.expected.find(from_));
  }
  Expectation(const Expectation&) = delete;
  Expectation& operator=(const Expectation&) = delete;

 private:
  void on_timer() {
    if (std::exchange(has_begun_, true)) {
      const auto on_over = std::move(on_over_);
      return on_over();
    }
    host_.expected.insert(from_);
    timer_->arm(meeting_tries * meeting_try_lasts);
  }

  Host& host_;
  net::IpAddress from_;
  std::function<void()> on_over_;
  bool has_begun_ = false;
  std::unique_ptr<Timer> timer_;
};

std::unique_ptr<reverse::Offer> ReverseDialer::offer(const net::Endpoint& to,
                                                     const std::string& token,
                                                     std::optional<Duration> meet_in,
                                                     Events events) {
  return std::make_unique<Call>(*this, network_.find(to.address), token, meet_in,
                                std::move(events));
}

std::unique_ptr<reverse::Offer> ReverseDialer::expect(const net::Endpoint& from, Duration meet_in,
                                                      std::function<void()> on_over) {
  return std::make_unique<Expectation>(host_, from.address, meet_in, std::move(on_over));
}

}  // namespace alluvium::sim
