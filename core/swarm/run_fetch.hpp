#pragma once

#include "core/base/bytes.hpp"
#include "core/hash/tree.hpp"
#include "core/hash/verified_chunks.hpp"
#include "core/http/client.hpp"
#include "core/http/priority.hpp"
#include "core/net/ip_address.hpp"
#include "core/store/chunk_map.hpp"
#include "core/swarm/picker.hpp"
#include "core/time/clock.hpp"

#include <memory>
#include <optional>
#include <string>

namespace alluvium::swarm {

class RunFetch;

/// How the fetch of a run ended.
enum class RunEnd {
  complete,
  short_body,   ///< Ended early; what came whole was right. No offence.
  not_held,     ///< 503: the peer does not have it (yet), or has no time.
  gone,         ///< 404 or 410.
  unreachable,  ///< No connection, no answer in time, or broken off without a chunk.
  malformed,    ///< An answer that does not answer the question.
  other_file,   ///< The answer is about a file of another length.
  false_chunk,  ///< Bytes that do not hash to the leaf.
  forbidden,    ///< The address may not be contacted.
};

/// Who wants a run. Calls come from inside the transfer; the fetch may be destroyed in
/// `on_run_ended` only.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  virtual void on_run_head(RunFetch& fetch) = 0;
  /// One whole chunk: verified, if there is a row.
  virtual void on_run_chunk(RunFetch& fetch, hash::ChunkIndex index, Slice chunk) = 0;
  /// The last call. `why` is a sentence's tail: "says 404", "did not answer".
  virtual void on_run_ended(RunFetch& fetch, RunEnd end, const std::string& why) = 0;
};

/// What is asked of whom.
struct RunRequest {
  http::Url url;
  net::AddressRules rules;
  hash::ChunkRun run;
  /// The length of the file; without one (no tree is known) the answer's is believed.
  std::optional<std::uint64_t> length;
  /// Null: nothing can be verified.
  std::shared_ptr<const hash::LeafRow> row;
  /// Set for peers, whose answers must be 206 and come without redirects.
  std::optional<net::Endpoint> peer;
  /// The peer may not hold it yet, and is to send it as it comes (RFC 7240: `Prefer: wait`).
  std::optional<Standing> standing;
  /// Where we serve others, told to a peer who may not know; needs a row.
  std::optional<std::uint16_t> own_port;
  http::Urgency urgency = http::usual_urgency;  ///< Told to peers.
  Duration stall_timeout = std::chrono::seconds(10);
  /// As in Services.
  hash::VerifiedChunks* verified = nullptr;
};

/// Fetches neighbouring chunks of one file from one source by a single Range request, checks the
/// answer strictly (libcurl would let much pass), cuts it into chunks and verifies each as soon as
/// it is whole. An origin that answers 200 is read from the file's beginning to its end. Owned by
/// whoever started it; destroying cancels.
class RunFetch final : private http::TransferObserver {
 public:
  RunFetch(http::Client& client, const Clock& clock, RunRequest request, RunObserver& observer);

  [[nodiscard]] const std::optional<net::Endpoint>& peer() const { return request_.peer; }
  /// For how long the peer was asked to hold the request.
  [[nodiscard]] Duration wait() const {
    return request_.standing ? request_.standing->wait : Duration::zero();
  }
  /// In which it should have begun to answer.
  [[nodiscard]] Duration line() const {
    return request_.standing ? request_.standing->line : Duration::zero();
  }
  /// There is nothing that it would have to wait for, they say.
  [[nodiscard]] bool is_from_holder() const {
    return request_.standing && request_.standing->is_held;
  }
  /// In the peer's line: it has not begun to answer.
  [[nodiscard]] bool is_standing() const { return request_.standing && head_.status == 0; }
  [[nodiscard]] const http::Url& url() const { return request_.url; }
  /// The chunks still to come.
  [[nodiscard]] hash::ChunkRun rest() const { return {next_, request_.run.end}; }
  [[nodiscard]] bool has_part_of_next() const { return !partial_.empty(); }
  /// How long what is missing of the next chunk takes at the pace at which its part came; nothing
  /// while that says little.
  [[nodiscard]] std::optional<Duration> time_to_next() const;
  [[nodiscard]] Instant asked_at() const { return asked_at_; }
  /// When the last chunk came whole, or `asked_at`.
  [[nodiscard]] Instant last_chunk_at() const { return last_chunk_at_; }
  [[nodiscard]] Instant last_byte_at() const { return last_byte_at_; }
  [[nodiscard]] bool is_sequential() const { return sequential_; }
  /// What the peer says it has; complete if its answer did not say. Valid from `on_run_head` on.
  [[nodiscard]] const std::optional<store::ChunkMap>& availability() const { return availability_; }
  [[nodiscard]] const http::ClientResponse& head() const { return head_; }
  /// Of the file, once known.
  [[nodiscard]] std::optional<std::uint64_t> length() const { return request_.length; }

 private:
  bool on_head(const http::ClientResponse& head) override;
  bool on_body(ByteView bytes) override;
  void on_finished(std::optional<http::TransferError> error) override;

  bool refuse(RunEnd end, std::string why);
  bool accept_partial();
  bool accept_whole();
  /// The next chunk is whole: `bytes`.
  bool close_chunk(ByteView bytes);
  [[nodiscard]] hash::ChunkLayout layout() const { return hash::ChunkLayout(*request_.length); }

  const Clock& clock_;
  RunRequest request_;
  RunObserver& observer_;
  hash::ChunkIndex next_;
  Bytes partial_;
  bool sequential_ = false;
  http::ClientResponse head_;
  std::optional<store::ChunkMap> availability_;
  std::optional<std::pair<RunEnd, std::string>> refusal_;
  Instant asked_at_;
  Instant last_chunk_at_;
  Instant last_byte_at_;
  Instant next_begun_at_;  ///< When the first bytes of the next chunk came, if there are any.
  std::unique_ptr<http::Transfer> transfer_;
};

}  // namespace alluvium::swarm
