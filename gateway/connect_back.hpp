#pragma once

#include "core/base/byte_range.hpp"
#include "core/hash/tree.hpp"
#include "core/http/client.hpp"
#include "core/time/clock.hpp"
#include "gateway/budgets/call_budget.hpp"
#include "gateway/counters.hpp"
#include "gateway/observer.hpp"
#include "gateway/reachability.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>

namespace alluvium::gateway {

/// Asks those who announce themselves for one byte range of what they announced, without its body,
/// to see whether other listeners could reach them: only so can nobody be made to point listeners
/// at a third party. No address is sent more bytes than came from it. Runs in the background, a
/// bounded number at a time. Owned by Gateway.
class ConnectBack {
 public:
  static constexpr Duration patience = std::chrono::seconds(2);
  /// Of a crowd that comes at once nobody serves others before it was found that they can reach it,
  /// and who cannot be reached takes all of `patience`.
  static constexpr std::size_t concurrent_checks = 1'024;
  static constexpr std::size_t longest_queue = 16'384;

  using OnResult = std::function<void(const net::Endpoint&, bool reachable)>;

  /// Everything outlives this object. `rules` say which addresses may be contacted at all.
  ConnectBack(http::Client& client, const Clock& clock, net::AddressRules rules, Counters& counters,
              Observer& observer, std::uint64_t seed, OnResult on_result);

  /// Whether an address may be contacted, and so be a peer.
  [[nodiscard]] bool permits(const net::Endpoint& peer) const;
  /// So many bytes came from that address, which pay for what is sent there.
  void on_received(const net::IpAddress& from, std::uint64_t bytes) {
    budget_.on_received(from, bytes);
  }
  /// Has `peer` checked with a range of that file, unless that was done lately, is under way, or
  /// was not paid for: then a later announcement brings it about. Endpoints that are not permitted
  /// are never checked.
  void check(const net::Endpoint& peer, const hash::TreeRoot& root, ByteRange range);
  [[nodiscard]] std::optional<bool> result(const net::Endpoint& peer) const;
  /// Another gateway has found out.
  void recall(const net::Endpoint& peer, bool reachable) {
    if (permits(peer)) reachability_.recall(peer, reachable, clock_.now());
  }

 private:
  struct Check {
    net::Endpoint peer;
    ByteRange range;
    http::ClientRequest request;
  };

  [[nodiscard]] std::optional<http::ClientRequest> request_to(const net::Endpoint& peer,
                                                              const hash::TreeRoot& root,
                                                              ByteRange range) const;
  void start_next();
  void on_answer(const net::Endpoint& peer, ByteRange asked, const http::Fetch::Result& result);

  http::Client& client_;
  const Clock& clock_;
  net::AddressRules rules_;
  Counters& counters_;
  Observer& observer_;
  OnResult on_result_;
  Reachability reachability_;
  CallBudget budget_;
  std::deque<Check> queue_;
  std::map<net::Endpoint, std::unique_ptr<http::Fetch>> running_;
};

}  // namespace alluvium::gateway
