#pragma once

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"
#include "core/http/headers.hpp"
#include "core/http/url.hpp"
#include "core/net/address_rules.hpp"
#include "core/net/family.hpp"
#include "core/time/clock.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace alluvium::http {

/// One request to be sent, with the limits under which its answer is accepted.
struct ClientRequest {
  std::string method = "GET";
  Url url;
  Headers headers;
  std::string body;

  /// Which addresses may be connected to, after name resolution and again at every redirect.
  net::AddressRules rules;
  /// Only addresses of this family are connected to; nothing: whichever answers first.
  std::optional<net::Family> family{};
  /// Bytes of answer body after which the transfer fails.
  std::uint64_t max_body_bytes = 0;
  int max_redirects = 0;
  bool keeps_connection = true;  ///< For the next request to the same place.
  Duration connect_timeout = std::chrono::seconds(5);
  /// Without a byte for this long, the transfer fails. Zero: never.
  Duration stall_timeout = std::chrono::seconds(10);
  /// From start to end. Zero: no limit.
  Duration total_timeout{};
};

struct ClientResponse {
  int status = 0;
  Headers headers;
  Url url;               ///< After redirects.
  net::Endpoint remote;  ///< Who really answered.
};

/// Why a transfer ended without a complete answer.
enum class TransferFailure {
  refused,       ///< No connection: refused, unreachable, reset before the head.
  name_unknown,  ///< The host's name did not resolve.
  forbidden,     ///< `rules` do not permit any of the host's addresses.
  timed_out,     ///< One of the three time limits.
  broken,        ///< Ended early, malformed, TLS failure, too many redirects.
  too_large,     ///< More than `max_body_bytes`.
  unwanted,      ///< The observer said no.
};

struct TransferError {
  TransferFailure failure;
  std::string message;  ///< As `Error::message`.
};

/// Who receives the parts of an answer. Outlives the Transfer, or destroys it first.
class TransferObserver {
 public:
  virtual ~TransferObserver() = default;
  /// The head of the final answer (redirects and 1xx are not shown). False ends the transfer.
  virtual bool on_head(const ClientResponse& head) = 0;
  /// The next bytes of the body, content-coding as sent (none is ever asked for). False ends it.
  virtual bool on_body(ByteView bytes) = 0;
  /// The last call, exactly one: nothing if the answer came whole, else why not.
  virtual void on_finished(std::optional<TransferError> error) = 0;
};

/// A request under way. Destroying it cancels it without a further call; legal at any time, also
/// inside any call to its observer.
class Transfer {
 public:
  virtual ~Transfer() = default;
};

/// Sends HTTP/1.1 requests. `start` never calls the observer before it has returned. Must outlive
/// its transfers. Implementations: curl::Client, the simulator's.
class Client {
 public:
  virtual ~Client() = default;
  [[nodiscard]] virtual std::unique_ptr<Transfer> start(ClientRequest request,
                                                        TransferObserver& observer) = 0;
};

/// A whole answer in memory.
struct WholeResponse {
  ClientResponse head;
  std::string body;
};

/// Collects a whole answer, then calls once. Destroying it cancels; legal inside the call.
class Fetch final : private TransferObserver {
 public:
  using Result = std::variant<WholeResponse, TransferError>;
  using OnDone = std::function<void(Result)>;
  Fetch(Client& client, ClientRequest request, OnDone on_done);

 private:
  bool on_head(const ClientResponse& head) override;
  bool on_body(ByteView bytes) override;
  void on_finished(std::optional<TransferError> error) override;

  OnDone on_done_;
  WholeResponse response_;
  std::unique_ptr<Transfer> transfer_;
};

}  // namespace alluvium::http
