#pragma once

#include "core/http/prefer.hpp"
#include "core/http/router.hpp"
#include "core/peer/chunk_upload.hpp"
#include "core/swarm/peer_hint.hpp"
#include "core/swarm/services.hpp"

#include <memory>

namespace alluvium::peer {

/// What a listener gives to others: the Content-Addressable Web's `/uri-res/N2R`
/// (parts of files by their tree, with the Partial File Sharing Protocol's `X-Available-Ranges`)
/// and `/uri-res/N2X` (leaf rows). It sends verified chunks only, reads no other file, and opens no
/// connection. (`/reverse` takes connections over which others offer to be asked.) While more than
/// a second of upload is booked it says so at once (503 with Retry-After). What is asked for with a
/// greater urgency (`Priority: u=N`, RFC 9218) goes first.
///
/// Who says `Prefer: wait=N; ticket=T` may ask for what is on its way here, and is sent it as it
/// comes, if our own ticket for it is lower; without a ticket, if we fetch it from the origin
/// ourselves. So no line closes into a circle.
///
/// Who says `X-URI-RES: http://…:PORT/… ; N2R` in a request is known from then on as a member of
/// that file's swarm, at the address from which it asks and at that port (two at one address a
/// minute), and is answered `Remote-IP`, which that address is. Answers recommend up to eight
/// others in the same form.
class PeerHandler final : public http::Handler {
 public:
  PeerHandler(swarm::Services& services, UploadBudget budget);

  std::unique_ptr<http::Exchange> on_request(const http::Request& request,
                                             http::Responder& responder) override;
  [[nodiscard]] const http::Router& router() const { return router_; }

  /// Another cap from now on, also for what is being sent already.
  void set_budget(const UploadBudget& budget) { uplink_.queue.set_budget(budget); }
  [[nodiscard]] const UploadBudget& budget() const { return uplink_.queue.budget(); }
  [[nodiscard]] const UploadLedger& ledger() const { return uplink_.ledger; }
  /// What can be sent to others, in bits a second, as far as is known by now; 0: nothing is.
  [[nodiscard]] std::uint64_t measure_upload();

 private:
  /// The row of the file that is asked for; null once a 404 has been sent.
  [[nodiscard]] std::shared_ptr<const hash::LeafRow> asked_row(const http::Request& request,
                                                               http::Responder& responder) const;
  /// The chunks from `run.begin` on that are here, or that `said` may be waited for.
  [[nodiscard]] hash::ChunkRun servable(const hash::TreeRoot& root, hash::ChunkRun run,
                                        const std::optional<http::WaitPreference>& said) const;
  std::unique_ptr<http::Exchange> serve_bytes(const http::Request& request,
                                              http::Responder& responder);
  /// Who asks may say where it serves others.
  void meet(const http::Request& request, const hash::LeafRow& row);
  std::unique_ptr<http::Exchange> take_neighbour(const http::Request& request,
                                                 http::Responder& responder);
  std::unique_ptr<http::Exchange> serve_leaf_row(const http::Request& request,
                                                 http::Responder& responder);

  swarm::Services& services_;
  Uplink uplink_;
  swarm::HintLimit introductions_;
  http::Router router_;
};

}  // namespace alluvium::peer
