// Meets another process of this kind by simultaneous open, many times, each from a port of its own.
//
//   meet offer|expect OWN-FIRST-PORT OTHER-ADDRESS OTHER-FIRST-PORT COUNT START-MS
//
// The n-th meeting is between the n-th ports, 20 ms after the one before; the first at START-MS of
// the civil clock. Prints how many of its connections were taken, or, where they were expected,
// over how many it was answered.

#include "core/hash/digest.hpp"
#include "core/http/client.hpp"
#include "core/reverse/neighbours.hpp"
#include "core/uv/http_server.hpp"
#include "core/uv/loop.hpp"
#include "core/uv/reverse_dialer.hpp"
#include "tests/loopback/rig/http_parts.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

using namespace alluvium;
using namespace std::chrono_literals;

namespace {

/// Nothing is asked of anybody but neighbours.
class Nowhere final : public http::Client {
  std::unique_ptr<http::Transfer> start(http::ClientRequest, http::TransferObserver&) override {
    std::abort();
  }
};

/// One of the two at one meeting.
struct Party {
  Party(uv::Loop& loop, std::uint16_t port)
      : neighbours(nowhere, loop, loop),
        handler([this](const http::Request& request,
                       http::Responder& responder) -> std::unique_ptr<http::Exchange> {
          if (request.path() == "/reverse") return neighbours.take(request, responder);
          responder.send({{200, {}}, Slice(std::string_view("here"))});
          return nullptr;
        }),
        server(loop, {net::IpAddress::v4(0, 0, 0, 0), port}, handler),
        dialer(loop, server, std::nullopt, [] { return net::AddressRules::everything(); }) {}

  Nowhere nowhere;
  reverse::Neighbours neighbours;
  test::FunctionHandler handler;
  uv::HttpServer server;
  uv::ReverseDialer dialer;
  std::unique_ptr<reverse::Offer> offer;
  test::Recorder answer;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 7) return 2;
  const bool offers = std::strcmp(argv[1], "offer") == 0;
  const auto number = [&](int i) { return std::strtoull(argv[i], nullptr, 10); };
  const auto other = *net::IpAddress::parse(argv[3]);
  const auto count = static_cast<unsigned>(number(5));
  const WallTime start{std::chrono::milliseconds(number(6))};

  uv::Loop loop;
  const hash::Digest key = hash::sha256(as_bytes("between the two"));
  const auto told = std::chrono::floor<std::chrono::seconds>(loop.wall_now());
  std::vector<std::unique_ptr<Party>> parties;
  unsigned met = 0;
  for (unsigned i = 0; i < count; ++i) {
    const auto own_port = static_cast<std::uint16_t>(number(2) + i);
    const net::Endpoint there{other, static_cast<std::uint16_t>(number(4) + i)};
    Party& party = *parties.emplace_back(std::make_unique<Party>(loop, own_port));
    const Duration in = start + i * 20ms - loop.wall_now();
    if (offers) {
      const auto token = reverse::make_token(key, {other, own_port}, told + 20s, i);
      party.offer = party.dialer.offer(there, token, in, {[&] { ++met; }, [] {}});
      continue;
    }
    party.neighbours.tokens().set_key(key, told, loop.now());
    party.neighbours.on_change([&party, &met] {
      if (party.neighbours.all().empty() || party.answer.transfer) return;
      party.answer.at_end = [&met] { ++met; };
      party.answer.transfer = party.neighbours.start(
          test::request_to(party.neighbours.all().front(), "/uri-res/N2R?x"), party.answer);
    });
    party.offer = party.dialer.expect(there, in, [] {});
  }
  const auto end = loop.make_timer([&loop] { loop.stop(); });
  end->arm(start + count * 20ms + 4s - loop.wall_now());
  loop.run();
  std::printf("%u\n", met);
  for (auto& party : parties) {
    party->answer.transfer.reset();
    party->offer.reset();
  }
}
