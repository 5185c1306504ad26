#pragma once

#include "core/net/ip_address.hpp"
#include "core/time/clock.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace alluvium::gateway {

/// Of whom something is to be written, and when: each listener at most once in `pause`, however
/// often there is news of it. Bounded: what does not find room is counted, and written when there
/// is news the next time. Pure: time is passed in. Owned by Succession.
class WriteBehind {
 public:
  static constexpr Duration pause = std::chrono::seconds(1);

  explicit WriteBehind(std::size_t longest_queue = 20'000) : longest_queue_(longest_queue) {}

  void on_news(const net::Endpoint& peer, Instant now);
  /// Up to `most` that are due. They are then being written.
  [[nodiscard]] std::vector<net::Endpoint> take(Instant now, std::size_t most);
  /// All that were to be written, due or not.
  [[nodiscard]] std::vector<net::Endpoint> take_all();
  void clear();

  [[nodiscard]] std::size_t size() const { return due_.size(); }
  [[nodiscard]] std::uint64_t left_out() const { return left_out_; }

 private:
  std::size_t longest_queue_;
  std::map<net::Endpoint, Instant> due_;
  std::set<std::pair<Instant, net::Endpoint>> by_time_;          ///< The same, soonest first.
  std::map<net::Endpoint, Instant> written_;                     ///< Less than `pause` ago.
  std::deque<std::pair<Instant, net::Endpoint>> written_order_;  ///< The same, oldest first.
  std::uint64_t left_out_ = 0;
};

}  // namespace alluvium::gateway
