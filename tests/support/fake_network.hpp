#pragma once

#include "core/http/client.hpp"
#include "core/http/handler.hpp"
#include "tests/support/virtual_time.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace alluvium::test {

/// What a scripted server sends, byte for byte, and when.
struct Script {
  enum class End {
    whole,  ///< The answer ends where the body does.
    reset,  ///< The connection breaks.
    stall,  ///< Nothing more comes, and nothing says so.
  };

  int status = 200;
  http::Headers headers;
  std::string body;
  Duration head_after = std::chrono::milliseconds(1);
  std::size_t piece_bytes = 65'536;
  Duration between_pieces{};
  End end = End::whole;
  /// The body is cut here before `end` happens.
  std::size_t end_after = SIZE_MAX;
  /// Says the body's length, unless `headers` already say one.
  bool says_length = true;
};

/// A server that answers each request anew.
using Scripted = std::function<Script(const http::Request&)>;

/// One request as it was sent.
struct SentRequest {
  Instant at;
  http::ClientRequest request;

  [[nodiscard]] std::string header(std::string_view name) const {
    return std::string(request.headers.find(name).value_or(""));
  }
};

/// An http::Client whose servers are objects in the same process: scripts, or real http::Handlers.
/// Every connection takes a millisecond and every transfer keeps the contract of http::Client: no
/// call from inside `start`, one terminal call, limits as asked for, destroying at any time is
/// legal. Must outlive its transfers.
class FakeNetwork final : public http::Client {
 public:
  explicit FakeNetwork(VirtualTime& time) : time_(time) {}

  /// `origin` is `http://HOST:PORT`, as Url::origin() spells it. The later server replaces the
  /// earlier one.
  void serve(std::string_view origin, Scripted server);
  /// The same answer to everything.
  void serve(std::string_view origin, Script answer);
  void serve(std::string_view origin, http::Handler& handler);
  /// Takes connections (after a while) and never says a word.
  void hang(std::string_view origin);
  /// Refuses from now on; what is under way goes on.
  void remove(std::string_view origin);
  /// The cable is pulled, or put back: meanwhile nobody is heard and nobody is told so. What is
  /// lost is sent again as by TCP, after 300 ms and then twice as late each
  /// time.
  void set_down(bool down) { is_down_ = down; }
  /// Nobody has an address of that family any more, or again.
  void set_without(net::Family family, bool is_without) {
    (family == net::Family::v4 ? is_without_v4_ : is_without_v6_) = is_without;
  }
  /// Where a name leads; without this, 93.184.216.34.
  void resolve(std::string_view host, const net::IpAddress& address);
  /// Where requests seem to come from.
  void set_client_address(const net::Endpoint& address) { client_ = address; }

  [[nodiscard]] std::unique_ptr<http::Transfer> start(http::ClientRequest request,
                                                      http::TransferObserver& observer) override;

  /// Everything that was asked, in order.
  [[nodiscard]] const std::vector<SentRequest>& requests() const { return requests_; }
  /// Those whose URL begins so.
  [[nodiscard]] std::vector<SentRequest> requests_to(std::string_view prefix) const;
  void forget_requests() { requests_.clear(); }
  /// Transfers that have neither ended nor been destroyed.
  [[nodiscard]] unsigned open_transfers() const { return open_transfers_; }

 private:
  friend class FakeTransfer;
  struct Silence {};
  using Server = std::variant<Silence, Scripted, http::Handler*>;

  [[nodiscard]] const Server* server(const http::Url& url) const;
  [[nodiscard]] net::IpAddress address(const http::Url& url) const;
  [[nodiscard]] bool has(std::optional<net::Family> family) const {
    return !family || !(family == net::Family::v4 ? is_without_v4_ : is_without_v6_);
  }

  VirtualTime& time_;
  std::map<std::string, Server, std::less<>> servers_;
  std::map<std::string, net::IpAddress, std::less<>> names_;
  std::vector<SentRequest> requests_;
  unsigned open_transfers_ = 0;
  bool is_down_ = false;
  bool is_without_v4_ = false;
  bool is_without_v6_ = false;
  net::Endpoint client_{net::IpAddress::v4(127, 0, 0, 1), 50'000};
};

}  // namespace alluvium::test
