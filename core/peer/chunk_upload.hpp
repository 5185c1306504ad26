#pragma once

#include "core/base/byte_range.hpp"
#include "core/hash/tree.hpp"
#include "core/http/handler.hpp"
#include "core/peer/upload_budget.hpp"
#include "core/peer/upload_ledger.hpp"
#include "core/swarm/services.hpp"

#include <memory>

namespace alluvium::peer {

/// What all uploads share: how fast they may go, and what was sent to whom. Owned by the
/// PeerHandler.
struct Uplink {
  UploadBudget budget;
  UploadLedger ledger;
};

/// Sends a range of one held file, chunk after chunk, as fast as the budget and the reader allow.
/// Closes the connection if a chunk is lost meanwhile: a short body is no offence. Owned by the
/// server.
class ChunkUpload final : public http::Exchange {
 public:
  /// The head has been sent already; all of `range` is held. `to` is who asked.
  ChunkUpload(swarm::Services& services, Uplink& uplink, const net::IpAddress& to,
              hash::TreeRoot root, ByteRange range, http::Responder& responder);

  void on_drained() override { go_on(); }

 private:
  void go_on();
  void on_loaded(std::optional<Slice> chunk);
  void send();

  swarm::Services& services_;
  Uplink& uplink_;
  net::IpAddress to_;
  hash::TreeRoot root_;
  ByteRange rest_;
  http::Responder& responder_;
  std::unique_ptr<Timer> timer_;
  std::unique_ptr<Job> load_;
  Slice next_;  ///< Waits for its time.
};

}  // namespace alluvium::peer
