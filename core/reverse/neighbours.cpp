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

/// In the table as long as it lives, unless it is dismissed.
class Neighbours::TakenPlace final : public Neighbours::Place {
 public:
  TakenPlace(Neighbours& neighbours, const net::Endpoint& who, http::Client& way,
             std::function<void()> on_dismissed)
      : neighbours_(&neighbours), who_(who), way_(way), on_dismissed_(std::move(on_dismissed)) {
    auto& place = neighbours.places_[who];
    // Who comes again has lost the connection, whether that has been noticed here or not.
    if (place != nullptr) place->dismiss();
    place = this;
    neighbours.change_->arm(Duration::zero());
  }
  ~TakenPlace() override {
    if (neighbours_ == nullptr) return;
    neighbours_->places_.erase(who_);
    neighbours_->change_->arm(Duration::zero());
  }
  TakenPlace(const TakenPlace&) = delete;
  TakenPlace& operator=(const TakenPlace&) = delete;

  [[nodiscard]] http::Client& way() const { return way_; }
  void dismiss() {
    neighbours_ = nullptr;
    const auto on_dismissed = std::move(on_dismissed_);
    on_dismissed();
  }

 private:
  Neighbours* neighbours_;
  net::Endpoint who_;
  http::Client& way_;
  std::function<void()> on_dismissed_;
};

/// One neighbour's connection: what comes in is answers, what goes out is requests.
class Neighbours::Connection final : public http::Exchange, private http::ByteSink {
 public:
  Connection(Neighbours& neighbours, const net::Endpoint& who, http::Responder& responder)
      : responder_(responder),
        client_(static_cast<http::ByteSink&>(*this), neighbours.clock_, neighbours.timers_, who),
        place_(neighbours.enter(who, client_, [this] { dismiss(); })) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void on_input(ByteView bytes) override { client_.on_input(bytes); }

 private:
  void write(Slice bytes) override { responder_.write(std::move(bytes)); }
  void close() override {
    place_.reset();
    responder_.abort();
  }
  void dismiss() {
    place_.reset();
    client_.on_closed();
    responder_.abort();
  }

  http::Responder& responder_;
  http::ConnectionClient client_;
  std::unique_ptr<Place> place_;
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
  for (const auto& [who, place] : std::exchange(places_, {})) place->dismiss();
}

std::optional<net::Endpoint> Neighbours::admit(std::string_view token) {
  const auto who = places_.size() < most ? tokens_.admit(token, clock_.now()) : std::nullopt;
  ++(who ? counters_.taken : counters_.refused);
  return who;
}

std::unique_ptr<Neighbours::Place> Neighbours::enter(const net::Endpoint& who, http::Client& way,
                                                     std::function<void()> on_dismissed) {
  return std::make_unique<TakenPlace>(*this, who, way, std::move(on_dismissed));
}

std::unique_ptr<http::Exchange> Neighbours::take(const http::Request& request,
                                                 http::Responder& responder) {
  const auto refuse = [&](int status, std::string_view why) {
    responder.send(refusal(status, why));
    return nullptr;
  };
  const auto token = offered_token(request);
  if (!token) return refuse(426, "this is for those who offer to be asked over the connection");
  if (places_.size() >= most) return refuse(503, "there are enough neighbours already");
  const auto who = admit(*token);
  if (!who) return refuse(403, "the token is not good, not any more, or not yet");
  responder.begin(taken(), std::nullopt);
  return std::make_unique<Connection>(*this, *who, responder);
}

std::vector<net::Endpoint> Neighbours::all() const {
  std::vector<net::Endpoint> result;
  for (const auto& [who, place] : places_) result.push_back(who);
  return result;
}

std::unique_ptr<http::Transfer> Neighbours::start(http::ClientRequest request,
                                                  http::TransferObserver& observer) {
  const auto address = request.url.literal_address();
  const auto neighbour = address && !request.url.is_https()
                             ? places_.find({*address, request.url.port()})
                             : places_.end();
  if (neighbour == places_.end()) return others_.start(std::move(request), observer);
  const bool may_be_asked = request.url.target().starts_with(only_path) &&
                            (request.method == "GET" || request.method == "HEAD");
  if (!may_be_asked) return std::make_unique<Refusal>(timers_, observer);
  return neighbour->second->way().start(std::move(request), observer);
}

}  // namespace alluvium::reverse
