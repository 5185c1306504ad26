#pragma once

#include "core/base/byte_range.hpp"
#include "core/hash/tree.hpp"
#include "core/http/handler.hpp"
#include "core/peer/upload_ledger.hpp"
#include "core/peer/upload_meter.hpp"
#include "core/peer/upload_queue.hpp"
#include "core/swarm/services.hpp"

#include <memory>
#include <string>

namespace alluvium::peer {

/// What all uploads share: how fast they may go, what was sent to whom, and how many stand in line.
/// Owned by the PeerHandler.
struct Uplink {
  UploadQueue queue;
  UploadLedger ledger;
  UploadMeter meter;
  std::size_t standing = 0;  ///< Requests for chunks that are not here yet.
};

/// A part of a file that somebody asked for.
struct AskedPart {
  hash::TreeRoot root;
  ByteRange range;
  http::ResponseHead head;  ///< Sent with the first byte.
  /// For so long a chunk that is not here yet is waited for.
  Duration patience{};
  http::Urgency urgency = http::usual_urgency;
};

/// Sends a part of one file, chunk after chunk, as fast as the line of uploads and the reader
/// allow, each as soon as it is here and verified. No head is sent before the first chunk is: until
/// then 503 is still possible. If a chunk is lost meanwhile, or does not come in time, it closes
/// the connection: a short body is no offence. Owned by the server.
class ChunkUpload final : public http::Exchange {
 public:
  /// `to` is who asked.
  ChunkUpload(swarm::Services& services, Uplink& uplink, const net::IpAddress& to, AskedPart part,
              http::Responder& responder);
  ~ChunkUpload() override;

  void on_drained() override { go_on(); }

 private:
  void go_on();
  void stand_in_line(hash::ChunkIndex index);
  void leave_line();
  void give_up();
  void load(hash::ChunkIndex index);
  void on_loaded(std::optional<Slice> chunk);
  void send();
  void set_sending(bool sending);

  swarm::Services& services_;
  Uplink& uplink_;
  net::IpAddress to_;
  AskedPart part_;
  ByteRange rest_;
  http::Responder& responder_;
  bool has_begun_ = false;
  bool is_sending_ = false;  ///< A chunk is on its way out.
  std::unique_ptr<Timer> patience_timer_;
  std::unique_ptr<swarm::Incoming::Wait> line_;
  std::unique_ptr<Job> load_;
  Slice next_;  ///< Waits for its turn.
  std::unique_ptr<UploadQueue::Turn> turn_;
};

}  // namespace alluvium::peer
