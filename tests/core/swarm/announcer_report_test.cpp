#include "core/swarm/announcer.hpp"
#include "tests/support/media_sample.hpp"
#include "tests/support/swarm_rig.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace alluvium;
using namespace alluvium::test;

TEST_CASE("each announcement says what came from where until then") {
  SwarmRig rig;
  const auto song = MediaSample::of_chunks(4, 1);
  rig.store.add(song.row);
  rig.network.serve("http://gateway.example", [](const http::Request&) {
    Script answer;
    answer.body = R"({"expires":60,"interval_ms":1000})";
    return answer;
  });
  swarm::Announcer announcer(
      rig.services, {"http://gateway.example", net::AddressRules::everything()},
      swarm::PeerPorts::both(7'000), [] {}, swarm::Announcer::Partners{});
  rig.statistics.peer_bytes = 10;
  announcer.set_current({song.root()}, false);
  rig.time.run_for(std::chrono::milliseconds(500));
  rig.statistics.peer_bytes = 20;
  rig.statistics.origin_bytes = 5;
  announcer.announce_now();
  rig.time.run_for(std::chrono::milliseconds(100));
  REQUIRE(rig.network.requests().size() == 2);
  const auto told = [&](std::size_t n) {
    return nlohmann::json::parse(rig.network.requests().at(n).request.body);
  };
  CHECK(told(0).at("from_peers_bytes") == 10);
  CHECK_FALSE(told(0).contains("from_origin_bytes"));
  CHECK(told(1).at("from_peers_bytes") == 20);
  CHECK(told(1).at("from_origin_bytes") == 5);
}
