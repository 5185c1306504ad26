#include "core/swarm/peer_hint.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using std::chrono::milliseconds;
using std::chrono::seconds;
using swarm::parse_peer_hint;

namespace {

const hash::TreeRoot root{hash::sha256(as_bytes("song"))};

net::Endpoint informant(unsigned i) {
  return {net::IpAddress::v4(10, 0, static_cast<std::uint8_t>(i / 250),
                             static_cast<std::uint8_t>(i % 250)),
          2'000};
}

}  // namespace

TEST_CASE("a hint says where a peer is, and is read back") {
  for (const auto* text : {"192.0.2.1:8000", "[2001:db8::1]:65535"}) {
    const net::Endpoint peer = *net::parse_endpoint(text);
    const std::string hint = swarm::format_peer_hint(peer, root);
    CHECK(hint == "http://" + std::string(text) + "/uri-res/N2R?" + root.urn() + " ; N2R");
    CHECK(parse_peer_hint(hint) == peer);
  }
}

TEST_CASE("only an address with a port is taken from a hint") {
  const struct {
    const char* hint;
    const char* peer;
  } cases[] = {
      {"http://192.0.2.1:8000/uri-res/N2R?x ; N2R", "192.0.2.1:8000"},
      {"http://192.0.2.1:8000/uri-res/", "192.0.2.1:8000"},
      {"", ""},
      {"http://", ""},
      {"http:///uri-res/N2R", ""},
      {"http://192.0.2.1:8000", ""},
      {"http://192.0.2.1:8000/", ""},
      {"http://192.0.2.1/uri-res/N2R?x", ""},
      {"http://192.0.2.1:0x50/uri-res/N2R?x", ""},
      {"http://192.0.2.1:99999/uri-res/N2R?x", ""},
      {"http://peer.example:8000/uri-res/N2R?x", ""},
      {"http://user@192.0.2.1:8000/uri-res/N2R?x", ""},
      {"http://192.0.2.1:8000@10.0.0.1:80/uri-res/N2R?x", ""},
      {"http://192.0.2.1:8000/other/uri-res/N2R?x", ""},
      {"http://192.0.2.1:8000?/uri-res/N2R?x", ""},
      {"https://192.0.2.1:8000/uri-res/N2R?x", ""},
      {"ftp://192.0.2.1:8000/uri-res/N2R?x", ""},
      {"http://2001:db8::1:8000/uri-res/N2R?x", ""},
      {"http://010.0.0.1:8000/uri-res/N2R?x", ""},
      {"http://167772161:8000/uri-res/N2R?x", ""},
  };
  for (const auto& c : cases) {
    CAPTURE(c.hint);
    const auto peer = parse_peer_hint(c.hint);
    CHECK((peer ? peer->text() : "") == c.peer);
  }
}

TEST_CASE("one informant may send us to two strangers a minute, whatever the others do") {
  swarm::HintLimit limit;
  // The clock may begin anywhere.
  const Instant start =
      GENERATE(Instant(seconds(0)), Instant(seconds(59)), Instant(seconds(100'000)));
  CHECK(limit.admits(informant(1), start));
  CHECK(limit.admits(informant(2), start));
  CHECK(limit.admits(informant(1), start + seconds(1)));
  CHECK_FALSE(limit.admits(informant(1), start + seconds(2)));
  CHECK(limit.admits(informant(2), start + seconds(2)));
  CHECK_FALSE(limit.admits(informant(1), start + seconds(59)));
  CHECK(limit.admits(informant(1), start + seconds(60)));
}

TEST_CASE(
    "many informants do not grow the memory without end, nor undo the limit of those before") {
  swarm::HintLimit limit;
  const Instant start{seconds(1'000)};
  CHECK(limit.admits(informant(0), start));
  CHECK(limit.admits(informant(0), start));
  for (unsigned i = 1; i < 5'000; ++i) (void)limit.admits(informant(i), start + seconds(1));
  CHECK_FALSE(limit.admits(informant(0), start + seconds(2)));
  CHECK(limit.admits(informant(6'000), start + seconds(120)));
}
