#pragma once

#include "core/http/client.hpp"
#include "core/http/handler.hpp"
#include "core/reverse/token.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace alluvium::reverse {

/// The other listeners that cannot be dialled and have opened a connection to us, for us to ask
/// them on. Takes such connections (`GET /reverse`), and is the way to them: an http::Client that
/// sends what is for a neighbour over its connection, and all else by `others`. Invariants: who is
/// let in showed a token of the gateway's that was never shown before; only `/uri-res/` is ever
/// asked for over such a connection; at most `most` at a time. Owned by the composition root;
/// outlives the server that it takes connections from, and its transfers.
class Neighbours final : public http::Client {
 public:
  static constexpr std::size_t most = 16;

  /// All outlive this object. `on_change`: somebody has come or gone; called when the loop turns.
  Neighbours(http::Client& others, const Clock& clock, Timers& timers);
  ~Neighbours() override;
  Neighbours(const Neighbours&) = delete;
  Neighbours& operator=(const Neighbours&) = delete;

  void on_change(std::function<void()> call) { on_change_ = std::move(call); }
  [[nodiscard]] TokenCheck& tokens() { return tokens_; }
  [[nodiscard]] const TokenCheck& tokens() const { return tokens_; }

  /// A neighbour's place. Destroying it says that the neighbour has gone.
  class Place {
   public:
    virtual ~Place() = default;
  };
  /// Whom a token lets in; nothing if it is not good, or if there is no room.
  [[nodiscard]] std::optional<net::Endpoint> admit(std::string_view token);
  /// `who` is asked by `way` from now on, which the place outlives not. `on_dismissed` is called,
  /// at most once, if somebody takes the place, or nobody is to be asked any more: the place is to
  /// be destroyed then.
  [[nodiscard]] std::unique_ptr<Place> enter(const net::Endpoint& who, http::Client& way,
                                             std::function<void()> on_dismissed);

  /// Answers `GET /reverse`.
  [[nodiscard]] std::unique_ptr<http::Exchange> take(const http::Request& request,
                                                     http::Responder& responder);

  /// Those who can be asked now, by the name that the gateway gives them.
  [[nodiscard]] std::vector<net::Endpoint> all() const;
  [[nodiscard]] bool has(const net::Endpoint& peer) const { return places_.count(peer) > 0; }

  [[nodiscard]] std::unique_ptr<http::Transfer> start(http::ClientRequest request,
                                                      http::TransferObserver& observer) override;

  struct Counters {
    std::uint64_t taken = 0;
    std::uint64_t refused = 0;
  };
  [[nodiscard]] const Counters& counters() const { return counters_; }

 private:
  class Connection;
  class Refusal;
  class TakenPlace;

  http::Client& others_;
  const Clock& clock_;
  Timers& timers_;
  TokenCheck tokens_;
  std::map<net::Endpoint, TakenPlace*> places_;
  Counters counters_;
  std::function<void()> on_change_ = [] {};
  std::unique_ptr<Timer> change_;
};

}  // namespace alluvium::reverse
