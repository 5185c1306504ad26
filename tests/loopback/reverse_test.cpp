#include "core/curl/client.hpp"
#include "core/reverse/handshake.hpp"
#include "core/reverse/neighbours.hpp"
#include "core/uv/http_server.hpp"
#include "core/uv/reverse_dialer.hpp"
#include "tests/loopback/rig/http_parts.hpp"
#include "tests/loopback/rig/loop_rig.hpp"
#include "tests/loopback/rig/raw_socket.hpp"

#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::test;
using namespace std::chrono_literals;

namespace {

const net::Endpoint any_port{net::IpAddress::v4(127, 0, 0, 1), 0};

/// A listener that can be dialled, with its neighbours, and one that cannot, with what it serves.
struct TwoListeners {
  TwoListeners() { neighbours.tokens().set_key(key, now, rig.loop.now()); }

  [[nodiscard]] std::string token(std::uint64_t nonce) const {
    return reverse::make_token(key, hidden, now + reverse::token_lifetime, nonce);
  }
  std::unique_ptr<reverse::Offer> offer(const std::string& with) {
    return dialer.offer(open_server.endpoint(), with, std::nullopt,
                        {[this] { ++taken; }, [this] { ++ended; }});
  }
  Recorder& ask(const std::string& target, const std::string& method = "GET") {
    auto& recorder = *recorders.emplace_back(std::make_unique<Recorder>());
    auto request = request_to(hidden, target);
    request.method = method;
    recorder.transfer = neighbours.start(std::move(request), recorder);
    return recorder;
  }

  LoopRig rig;
  const net::Endpoint hidden{net::IpAddress::v4(203, 0, 113, 9), 7'000};
  const hash::Digest key = reverse::key_for("secret", any_port);
  const reverse::GatewayTime now{1'800'000'000s};
  curl::Client curl{rig.loop};
  reverse::Neighbours neighbours{curl, rig.loop, rig.loop};
  FunctionHandler open_handler{[this](const http::Request& request, http::Responder& responder) {
    return neighbours.take(request, responder);
  }};
  std::vector<std::string> asked;
  FunctionHandler hidden_handler{[this](const http::Request& request, http::Responder& responder) {
    asked.push_back(request.target);
    responder.send({{200, {}}, Slice("of " + request.target)});
    return nullptr;
  }};
  uv::HttpServer open_server{rig.loop, any_port, open_handler};
  uv::HttpServer hidden_server{rig.loop, any_port, hidden_handler};
  uv::ReverseDialer dialer{rig.loop, hidden_server, std::nullopt, [this] { return rules; }};
  net::AddressRules rules = net::AddressRules::everything();
  int taken = 0;
  int ended = 0;
  std::vector<std::unique_ptr<Recorder>> recorders;
};

}  // namespace

TEST_CASE("who cannot be dialled is asked over the connection that it opened") {
  TwoListeners two;
  int changes = 0;
  two.neighbours.on_change([&] { ++changes; });
  const auto offer = two.offer(two.token(1));
  CHECK(two.taken == 0);
  two.rig.run_until([&] { return two.taken == 1; });
  CHECK(two.neighbours.all() == std::vector<net::Endpoint>{two.hidden});
  CHECK(changes == 1);
  for (const std::string target : {"/uri-res/N2R?urn:one", "/uri-res/N2X?urn:two"}) {
    Recorder& answer = two.ask(target);
    two.rig.run_until([&] { return answer.finished; });
    CHECK_FALSE(answer.error);
    CHECK(answer.body == "of " + target);
    CHECK(answer.head->remote == two.hidden);
  }
  CHECK(two.asked.size() == 2);
}

TEST_CASE("nothing but /uri-res/ is ever asked over such a connection") {
  TwoListeners two;
  const auto offer = two.offer(two.token(1));
  two.rig.run_until([&] { return two.taken == 1; });
  for (const auto& [target, method] :
       {std::pair{"/", "GET"}, {"/reverse", "GET"}, {"/uri-res/N2R?x", "POST"}, {"/uri", "HEAD"}}) {
    Recorder& answer = two.ask(target, method);
    CHECK_FALSE(answer.finished);
    two.rig.run_until([&] { return answer.finished; });
    REQUIRE(answer.error);
    CHECK(answer.error->failure == http::TransferFailure::forbidden);
  }
  CHECK(two.asked.empty());
}

TEST_CASE("a token that is replayed is refused, and whoever has the place keeps it") {
  TwoListeners two;
  const auto offer = two.offer(two.token(1));
  two.rig.run_until([&] { return two.taken == 1; });
  const auto again = two.offer(two.token(1));
  two.rig.run_until([&] { return two.ended == 1; });
  CHECK(two.taken == 1);
  CHECK(two.neighbours.counters().refused == 1);
  Recorder& answer = two.ask("/uri-res/N2R?x");
  two.rig.run_until([&] { return answer.finished; });
  CHECK_FALSE(answer.error);
}

TEST_CASE("who comes again with a new token takes its own former place") {
  TwoListeners two;
  const auto offer = two.offer(two.token(1));
  two.rig.run_until([&] { return two.taken == 1; });
  const auto again = two.offer(two.token(2));
  two.rig.run_until([&] { return two.taken == 2 && two.ended == 1; });
  CHECK(two.neighbours.all().size() == 1);
  Recorder& answer = two.ask("/uri-res/N2R?x");
  two.rig.run_until([&] { return answer.finished; });
  CHECK_FALSE(answer.error);
}

TEST_CASE("a neighbour that goes is forgotten, and what was asked of it ends") {
  TwoListeners two;
  auto offer = two.offer(two.token(1));
  two.rig.run_until([&] { return two.taken == 1; });
  Recorder& answer = two.ask("/uri-res/N2R?x");
  offer.reset();
  two.rig.run_until([&] { return answer.finished; });
  REQUIRE(answer.error);
  CHECK(answer.error->failure == http::TransferFailure::refused);
  CHECK(two.ended == 0);
  two.rig.run_until([&] { return two.neighbours.all().empty(); });
}

TEST_CASE("an offer ends where nobody takes it") {
  TwoListeners two;
  SECTION("nobody is there") {
    const net::Endpoint nobody{any_port.address, 1'024};
    const auto offer = two.dialer.offer(nobody, "x", std::nullopt, {[] {}, [&] { ++two.ended; }});
    two.rig.run_until([&] { return two.ended == 1; });
  }
  SECTION("somebody else is there") {
    const auto offer = two.dialer.offer(two.hidden_server.endpoint(), "x", std::nullopt,
                                        {[&] { ++two.taken; }, [&] { ++two.ended; }});
    two.rig.run_until([&] { return two.ended == 1; });
  }
  SECTION("the rules forbid the address, and no packet is sent") {
    two.rules = net::AddressRules::public_only();
    const auto offer = two.offer(two.token(1));
    CHECK(two.ended == 0);
    two.rig.run_until([&] { return two.ended == 1; });
    CHECK(two.open_server.traffic().connections == 0);
  }
  SECTION("the port is one of the system's") {
    const net::Endpoint system{any_port.address, 80};
    const auto offer = two.dialer.offer(system, "x", std::nullopt, {[] {}, [&] { ++two.ended; }});
    two.rig.run_until([&] { return two.ended == 1; });
  }
  CHECK(two.taken == 0);
}

TEST_CASE("there is a most of neighbours, and beyond it one is told so") {
  TwoListeners two;
  std::vector<std::unique_ptr<reverse::Offer>> offers;
  const auto offer_as = [&](std::uint16_t port, std::uint64_t nonce) {
    const net::Endpoint who{two.hidden.address, port};
    offers.push_back(
        two.offer(reverse::make_token(two.key, who, two.now + reverse::token_lifetime, nonce)));
  };
  for (std::uint16_t n = 0; n < reverse::Neighbours::most; ++n) {
    offer_as(static_cast<std::uint16_t>(7'000 + n), n);
  }
  two.rig.run_until([&] { return two.taken == static_cast<int>(reverse::Neighbours::most); });
  offer_as(8'000, 100);
  two.rig.run_until([&] { return two.ended == 1; });
  CHECK(two.neighbours.all().size() == reverse::Neighbours::most);
}

TEST_CASE("an answer that is no longer wanted is read to its end, and the connection stays") {
  TwoListeners two;
  const auto offer = two.offer(two.token(1));
  two.rig.run_until([&] { return two.taken == 1; });
  Recorder& dropped = two.ask("/uri-res/N2R?dropped");
  dropped.transfer.reset();
  Recorder& wanted = two.ask("/uri-res/N2R?wanted");
  two.rig.run_until([&] { return wanted.finished; });
  CHECK_FALSE(dropped.finished);
  CHECK(wanted.body == "of /uri-res/N2R?wanted");
  CHECK(two.taken == 1);
}
