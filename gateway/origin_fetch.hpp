#pragma once

#include "core/base/workers.hpp"
#include "core/http/client.hpp"
#include "core/media/file_scan.hpp"
#include "gateway/file_version.hpp"
#include "gateway/storage.hpp"

#include <functional>
#include <memory>
#include <string>
#include <variant>

namespace alluvium::gateway {

/// One file on its way from its origin through the hash: only what is computed is kept. The loop
/// hands the bytes to a worker in batches, one batch at a time. Accepts only a complete 200 whose
/// length was announced, since a body without a length may be cut short unnoticed. When it is told
/// what is already known, it asks for the file only if that has changed. Destroying it cancels;
/// legal inside its one call.
class OriginFetch final : private http::TransferObserver {
 public:
  struct Unchanged {};
  struct Fetched {
    std::shared_ptr<const FileVersion> file;
    Status kept;  ///< Whether it reached the store; if not, it is good nevertheless.
  };
  using Outcome = std::variant<Fetched, Unchanged, Error>;
  using OnDone = std::function<void(Outcome)>;

  /// What a fetch needs of its surroundings; all of it outlives the fetch, and `storage` the
  /// workers' last job.
  struct Surroundings {
    http::Client& client;
    Workers& workers;
    Storage& storage;
    net::AddressRules rules;
  };

  /// `known` may be null.
  OriginFetch(const Surroundings& surroundings, const http::Url& url, const FileVersion* known,
              OnDone on_done);

  [[nodiscard]] std::uint64_t received_bytes() const { return received_bytes_; }

 private:
  struct Scan;

  bool on_head(const http::ClientResponse& head) override;
  bool on_body(ByteView bytes) override;
  void on_finished(std::optional<http::TransferError> error) override;

  void hash_pending();
  void hash_last();
  void finish(Outcome outcome);

  Workers& workers_;
  Storage& storage_;
  http::Url url_;
  bool conditional_;
  OnDone on_done_;

  std::shared_ptr<Scan> scan_;  ///< Shared with the one job that may be using it.
  Bytes pending_;               ///< Received, not yet given to a job.
  std::uint64_t received_bytes_ = 0;
  std::optional<std::uint64_t> expected_bytes_;
  std::string refusal_;  ///< Why the head or the body was not accepted.
  bool unchanged_ = false;
  bool transfer_over_ = false;
  std::unique_ptr<Job> job_;
  std::unique_ptr<http::Transfer> transfer_;
};

}  // namespace alluvium::gateway
