#pragma once

#include "core/base/workers.hpp"
#include "core/http/client.hpp"
#include "core/media/file_scan.hpp"
#include "core/time/clock.hpp"
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
/// what is already known, it asks for the file only if that has changed, and for its length alone
/// if the origin named nothing to ask by. A fetch that no origin answers, whether its address is
/// refused here, closed, silent or has no name, ends at the same moment: who asked for it learns
/// nothing about networks that only this machine can see. Destroying it cancels; legal inside its
/// one call.
class OriginFetch final : private http::TransferObserver {
 public:
  /// What kept a file from being had.
  enum class Trouble {
    no_answer,   ///< No address that may be contacted, nobody there, or silence.
    not_a_file,  ///< The answer is an error, cut short, of unknown length, or came too fast.
    too_large,
    wrong_type,
    origin_budget,  ///< The origin's bytes of today are used up.
  };
  struct Failed {
    Trouble why;
    std::string message;  ///< As `Error::message`.
  };
  struct Fetched {
    std::shared_ptr<const FileVersion> file;
    Status kept;  ///< Whether it reached the store; if not, it is good nevertheless.
  };
  struct Unchanged {};
  struct Changed {};  ///< It is not what is known; its bytes were not asked for.
  using Outcome = std::variant<Fetched, Unchanged, Changed, Failed>;
  using OnDone = std::function<void(Outcome)>;
  /// Why a file of that length may not be fetched from where it was found.
  using Judge =
      std::function<std::optional<Failed>(const http::ClientResponse& head, std::uint64_t length)>;

  /// What a fetch needs of its surroundings; all of it outlives the fetch, and `storage` the
  /// workers' last job.
  struct Surroundings {
    http::Client& client;
    Workers& workers;
    Storage& storage;
    Timers& timers;
    net::AddressRules rules;
    Duration answer_within = std::chrono::seconds(8);  ///< With all redirects.
    Judge judge;                                       ///< Null: any may.
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

  bool refuse(Trouble why, std::string message);
  [[nodiscard]] bool is_what_is_known(const http::Headers& headers, std::uint64_t length) const;
  void on_no_answer();
  void hash_pending();
  void hash_last();
  void finish(Outcome outcome);

  Workers& workers_;
  Storage& storage_;
  Judge judge_;
  http::Url url_;
  std::optional<media::FileFacts> known_;
  OnDone on_done_;

  std::shared_ptr<Scan> scan_;  ///< Shared with the one job that may be using it.
  Bytes pending_;               ///< Received, not yet given to a job.
  std::uint64_t received_bytes_ = 0;
  std::optional<std::uint64_t> expected_bytes_;
  bool answered_ = false;           ///< A head has arrived.
  std::optional<Outcome> verdict_;  ///< If it was known before the end.
  bool transfer_over_ = false;
  std::unique_ptr<Job> job_;
  std::unique_ptr<Timer> no_answer_;
  std::unique_ptr<http::Transfer> transfer_;
};

}  // namespace alluvium::gateway
