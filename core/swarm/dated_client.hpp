#pragma once

#include "core/http/client.hpp"
#include "core/swarm/clock_keeper.hpp"
#include "core/swarm/peer_book.hpp"

namespace alluvium::swarm {

/// Another client, whose servers' clocks are looked at: the `Date` of every answer goes to the
/// ClockKeeper, but for those of peers, whose clocks are no better than ours, and those that come
/// out of somebody's cache. All three must outlive it.
class DatedClient final : public http::Client {
 public:
  DatedClient(http::Client& client, const Clock& own, ClockKeeper& keeper, const PeerBook& peers)
      : client_(client), own_(own), keeper_(keeper), peers_(peers) {}

  [[nodiscard]] std::unique_ptr<http::Transfer> start(http::ClientRequest request,
                                                      http::TransferObserver& observer) override;

 private:
  class DatedTransfer;

  http::Client& client_;
  const Clock& own_;
  ClockKeeper& keeper_;
  const PeerBook& peers_;
};

}  // namespace alluvium::swarm
