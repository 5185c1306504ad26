#include "tests/sim/reverse_dialer.hpp"

#include "tests/sim/network.hpp"

#include <utility>

namespace alluvium::sim {

/// One offer, with the way back if it is taken.
class ReverseDialer::Call final : public reverse::Offer, private http::Client {
 public:
  Call(ReverseDialer& dialer, Host* to, std::string token, Events events)
      : network_(dialer.network_),
        host_(dialer.host_),
        to_(to),
        token_(std::move(token)),
        events_(std::move(events)),
        timer_(host_.make_timer([this] { on_timer(); })) {
    // The way there and back twice: for the connection, and for the offer.
    timer_->arm(to_ ? 4 * Network::latency(host_, *to_) : std::chrono::seconds(5));
  }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

 private:
  void on_timer() {
    const bool can_answer = to_ && !was_tried_ && to_->is_up() && !to_->traits().is_behind_nat &&
                            to_->neighbours != nullptr;
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
  /// The other end asks.
  std::unique_ptr<http::Transfer> start(http::ClientRequest request,
                                        http::TransferObserver& observer) override {
    return network_.start_behind_nat(*to_, std::move(request), observer);
  }

  Network& network_;
  Host& host_;
  Host* to_;  ///< Null: nobody is there.
  std::string token_;
  Events events_;
  bool was_tried_ = false;
  std::unique_ptr<Timer> timer_;
  std::unique_ptr<reverse::Neighbours::Place> place_;
};

std::unique_ptr<reverse::Offer> ReverseDialer::offer(const net::Endpoint& to,
                                                     const std::string& token, Events events) {
  return std::make_unique<Call>(*this, network_.find(to.address), token, std::move(events));
}

}  // namespace alluvium::sim
