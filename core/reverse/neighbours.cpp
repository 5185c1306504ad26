#include "core/reverse/neighbours.hpp"

#include "core/http/connection_client.hpp"
#include "core/reverse/handshake.hpp"

#include <utility>

namespace alluvium::reverse {

namespace {

constexpr std::string_view only_path = "/uri-res/";

http::Response refusal(int status, std::string_view why) {
  http::Response response = http::text_response(status, why);
  if (status == 426) response.head.headers.add("Upgrade", std::string(protocol));
  return response;
}

}  // namespace

/// One neighbour's connection: what comes in is answers, what goes out is requests.
class Neighbours::Connection final : public http::Exchange, private http::ByteSink {
 public:
  Connection(Neighbours& neighbours, const net::Endpoint& who, http::Responder& responder)
      : neighbours_(&neighbours),
        who_(who),
        responder_(responder),
        client_(static_cast<http::ByteSink&>(*this), neighbours.clock_, neighbours.timers_, who) {}
  ~Connection() override { retire(); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  [[nodiscard]] const net::Endpoint& who() const { return who_; }
  [[nodiscard]] http::Client& client() { return client_; }
  void on_input(ByteView bytes) override { client_.on_input(bytes); }
  /// Somebody else has its place; or nobody is to be asked any more.
  void dismiss() {
    neighbours_ = nullptr;
    client_.on_closed();
    responder_.abort();
  }

 private:
  void write(Slice bytes) override { responder_.write(std::move(bytes)); }
  void close() override {
    retire();
    responder_.abort();
  }
  void retire() {
    if (auto* const neighbours = std::exchange(neighbours_, nullptr)) neighbours->on_gone(*this);
  }

  Neighbours* neighbours_;
  net::Endpoint who_;
  http::Responder& responder_;
  http::ConnectionClient client_;
};

/// What must not be asked over such a connection fails when the loop turns.
class Neighbours::Refusal final : public http::Transfer {
 public:
  Refusal(Timers& timers, http::TransferObserver& observer)
      : timer_(timers.make_timer([&observer] {
          observer.on_finished(
              http::TransferError{http::TransferFailure::forbidden,
                                  "only /uri-res/ is asked for over this connection"});
        })) {
    timer_->arm(Duration::zero());
  }

 private:
  std::unique_ptr<Timer> timer_;
};

Neighbours::Neighbours(http::Client& others, const Clock& clock, Timers& timers)
    : others_(others),
      clock_(clock),
      timers_(timers),
      change_(timers.make_timer([this] { on_change_(); })) {}

Neighbours::~Neighbours() {
  for (const auto& [who, connection] : std::exchange(connections_, {})) connection->dismiss();
}

std::unique_ptr<http::Exchange> Neighbours::take(const http::Request& request,
                                                 http::Responder& responder) {
  const auto refuse = [&](int status, std::string_view why) {
    ++counters_.refused;
    responder.send(refusal(status, why));
    return nullptr;
  };
  const auto token = offered_token(request);
  if (!token) return refuse(426, "this is for those who offer to be asked over the connection");
  if (connections_.size() >= most) return refuse(503, "there are enough neighbours already");
  const auto who = tokens_.admit(*token, clock_.now());
  if (!who) return refuse(403, "the token is not good, not any more, or not yet");
  responder.begin(taken(), std::nullopt);
  auto connection = std::make_unique<Connection>(*this, *who, responder);
  auto& place = connections_[*who];
  // Who comes again has lost the connection, whether that has been noticed here or not.
  if (place != nullptr) place->dismiss();
  place = connection.get();
  ++counters_.taken;
  change_->arm(Duration::zero());
  return connection;
}

void Neighbours::on_gone(Connection& connection) {
  connections_.erase(connection.who());
  change_->arm(Duration::zero());
}

std::vector<net::Endpoint> Neighbours::all() const {
  std::vector<net::Endpoint> result;
  for (const auto& [who, connection] : connections_) result.push_back(who);
  return result;
}

std::unique_ptr<http::Transfer> Neighbours::start(http::ClientRequest request,
                                                  http::TransferObserver& observer) {
  const auto address = request.url.literal_address();
  const auto neighbour = address && !request.url.is_https()
                             ? connections_.find({*address, request.url.port()})
                             : connections_.end();
  if (neighbour == connections_.end()) return others_.start(std::move(request), observer);
  const bool may_be_asked = request.url.target().starts_with(only_path) &&
                            (request.method == "GET" || request.method == "HEAD");
  if (!may_be_asked) return std::make_unique<Refusal>(timers_, observer);
  return neighbour->second->client().start(std::move(request), observer);
}

}  // namespace alluvium::reverse
