#include "core/swarm/second_address.hpp"

#include "core/swarm/announcer.hpp"
#include "tests/support/media_sample.hpp"
#include "tests/support/swarm_rig.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace alluvium;
using namespace alluvium::test;
using net::Family;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

using Json = nlohmann::json;

const std::string server = "http://gateway.example:8080";
const net::IpAddress gateway_v6 = *net::IpAddress::parse("2a00::1");

/// A listener's talk with a gateway that is reached over IPv6 first and answers as it is told to.
struct Scene {
  SwarmRig rig;
  MediaSample song = MediaSample::of_chunks(4, 1);
  swarm::PeerPorts ports;
  swarm::SecondAddress second;
  swarm::Announcer announcer;
  std::string first_says = R"("you":"2a00::7","reachable":true)";
  std::string second_says = R"("you":"45.10.0.7","reachable":true)";
  int second_status = 200;
  int proofs = 0;

  explicit Scene(swarm::PeerPorts with = {40'000, 7'000}, const std::string& base = server)
      : ports(with),
        second(rig.services, {base, net::AddressRules::everything()}, with),
        announcer(
            rig.services, {base, net::AddressRules::everything()}, with, [] {},
            swarm::Announcer::Partners{nullptr, nullptr, &second}) {
    rig.store.add(song.row);
    for (std::uint32_t i = 0; i < 4; ++i) rig.store.put(song.root(), {i}, song.chunk(i));
    rig.network.resolve("gateway.example", gateway_v6);
    rig.network.serve(base, [this](const http::Request& request) { return answer(request); });
  }
  Script answer(const http::Request& request) {
    Script script;
    const Json said = request.body.empty() ? Json::object() : Json::parse(request.body);
    const auto also = said.find("also");
    if (also != said.end() && also->is_object()) {
      script.status = second_status;
      script.body = R"({"expires":60,"interval_ms":30000,)" + second_says + "}";
      return script;
    }
    const std::string proof = also == said.end()
                                  ? ""
                                  : R"(,"also":{"address":"[2a00::7]:7000","token":"t)" +
                                        std::to_string(++proofs) + R"("})";
    script.body = R"({"expires":60,"interval_ms":1000,)" + first_says + proof + "}";
    return script;
  }
  void begin() { announcer.set_current({song.root()}, true); }
  void run(Duration time) { rig.time.run_for(time); }
  /// What was said over the second address.
  [[nodiscard]] std::vector<SentRequest> said() const {
    std::vector<SentRequest> found;
    for (const auto& sent : rig.network.requests()) {
      if (sent.request.body.find(R"("also":{)") != std::string::npos) found.push_back(sent);
    }
    return found;
  }
  [[nodiscard]] Json body(std::size_t n) const { return Json::parse(said().at(n).request.body); }
};

}  // namespace

TEST_CASE("the second address is said over the other family, with its port and the proof") {
  Scene scene;
  scene.begin();
  scene.run(milliseconds(100));
  REQUIRE(scene.said().size() == 1);
  CHECK(scene.said()[0].request.family == Family::v4);
  CHECK(scene.said()[0].request.method == "POST");
  CHECK(scene.body(0) ==
        Json::parse(R"({"port":40000,"also":{"address":"[2a00::7]:7000","token":"t1"}})"));
  CHECK(scene.second.reachable() == true);
  const Json first = Json::parse(scene.rig.network.requests()[0].request.body);
  CHECK(first["port"] == 7'000);
  CHECK(first["also"] == true);
  CHECK_FALSE(scene.rig.network.requests()[0].request.family);
}

TEST_CASE("it is said again in half of the time for which it counts, and the proof is renewed") {
  Scene scene;
  scene.begin();
  scene.run(seconds(125));
  const auto said = scene.said();
  REQUIRE(said.size() >= 4);
  CHECK(said.size() <= 6);
  for (std::size_t i = 1; i < said.size(); ++i) CHECK(said[i].at - said[i - 1].at <= seconds(35));
  // No proof is shown for as long as it is good.
  for (std::size_t i = 3; i < said.size(); ++i) {
    CHECK(scene.body(i)["also"]["token"] != scene.body(i - 3)["also"]["token"]);
  }
}

TEST_CASE("the announcer keeps to the family in which it was answered") {
  Scene scene;
  scene.begin();
  scene.run(seconds(65));
  std::size_t bound = 0;
  for (const auto& sent : scene.rig.network.requests()) {
    bound += sent.request.family == Family::v6 ? 1 : 0;
  }
  CHECK(bound >= 2);
}

TEST_CASE("until it is known whether others come through it is asked again soon") {
  Scene scene;
  scene.second_says = R"("you":"45.10.0.7","reachable":null)";
  scene.begin();
  scene.run(milliseconds(1'500));
  CHECK(scene.said().size() == 2);
  CHECK_FALSE(scene.second.reachable());
  scene.second_says = R"("you":"45.10.0.7","reachable":false)";
  scene.run(seconds(1));
  CHECK(scene.second.reachable() == false);
  const auto before = scene.said().size();
  scene.run(seconds(20));
  CHECK(scene.said().size() == before);
}

TEST_CASE("a gateway that never says so is not asked for ever") {
  Scene scene;
  scene.second_says = R"("you":"45.10.0.7","reachable":null)";
  scene.begin();
  scene.run(seconds(25));
  CHECK(scene.said().size() == 1 + swarm::SecondAddress::most_doubts);
}

TEST_CASE("where the other family leads nowhere it is tried ever more seldom, and quietly") {
  Scene scene;
  scene.rig.network.set_without(Family::v4, true);
  scene.begin();
  scene.run(minutes(30));
  CHECK(scene.said().size() >= 5);
  CHECK(scene.said().size() <= 10);
  CHECK(scene.rig.problems.list().empty());
  CHECK_FALSE(scene.second.reachable());
  // And is found when it is there.
  scene.rig.network.set_without(Family::v4, false);
  scene.run(minutes(11));
  CHECK(scene.second.reachable() == true);
}

TEST_CASE("a proof that is not believed is replaced") {
  Scene scene;
  scene.second_status = 403;
  scene.begin();
  scene.run(milliseconds(100));
  CHECK_FALSE(scene.second.reachable());
  scene.second_status = 200;
  scene.run(seconds(40));
  CHECK(scene.second.reachable() == true);
  CHECK(scene.body(scene.said().size() - 1)["also"]["token"] != "t1");
}

TEST_CASE("nothing is said where there is no other address") {
  const auto is_silent = [](swarm::PeerPorts ports, const std::string& base) {
    Scene scene(ports, base);
    scene.begin();
    scene.run(seconds(40));
    const Json first = Json::parse(scene.rig.network.requests()[0].request.body);
    return scene.said().empty() && !first.contains("also");
  };
  CHECK(is_silent({7'000, 0}, server));
  CHECK(is_silent({0, 7'000}, server));
  CHECK(is_silent({}, server));
  CHECK(is_silent({7'000, 7'000}, "http://45.10.0.1:8080"));
  CHECK(is_silent({7'000, 7'000}, "http://[2a00::1]:8080"));
}

TEST_CASE("a gateway that gives no proof is told nothing") {
  Scene scene;
  scene.rig.network.serve(server, [](const http::Request&) {
    Script script;
    script.body = R"({"expires":60,"interval_ms":1000,"reachable":true,"also":{"address":"x"}})";
    return script;
  });
  scene.begin();
  scene.run(seconds(65));
  CHECK(scene.said().empty());
}

TEST_CASE("a port that the router opens is said over IPv4, and nothing changes over IPv6") {
  Scene scene({7'000, 7'000});
  scene.begin();
  scene.run(milliseconds(100));
  CHECK(scene.body(0)["port"] == 7'000);
  scene.announcer.set_ports({40'000, 7'000});
  CHECK_FALSE(scene.second.reachable());
  scene.run(milliseconds(100));
  REQUIRE(scene.said().size() == 2);
  CHECK(scene.body(1)["port"] == 40'000);
  for (const auto& sent : scene.rig.network.requests()) CHECK(sent.request.method == "POST");
}

TEST_CASE("who moves begins anew, with another proof") {
  Scene scene({7'000, 7'000});
  scene.begin();
  scene.run(milliseconds(100));
  scene.announcer.set_ports({8'000, 8'000});
  scene.run(milliseconds(100));
  REQUIRE(scene.said().size() == 2);
  CHECK(scene.body(1)["port"] == 8'000);
  CHECK(scene.body(1)["also"]["token"] == "t2");
}

TEST_CASE("it says no more once leave has been taken") {
  Scene scene;
  scene.begin();
  scene.run(milliseconds(100));
  bool has_left = false;
  scene.announcer.withdraw([&] { has_left = true; });
  scene.run(minutes(2));
  CHECK(has_left);
  CHECK(scene.said().size() == 1);
  const auto& last = scene.rig.network.requests().back().request;
  CHECK(last.method == "DELETE");
  CHECK(last.family == Family::v6);
}

TEST_CASE("a family that is lost is left for the other") {
  Scene scene({40'000, 7'000});
  scene.begin();
  scene.run(milliseconds(100));
  scene.rig.network.set_without(Family::v6, true);
  scene.rig.network.resolve("gateway.example", net::IpAddress::v4(45, 10, 0, 1));
  scene.first_says = R"("you":"45.10.0.7","reachable":true)";
  scene.run(seconds(35));
  // There others find us at another port, which is said at once.
  const auto& all = scene.rig.network.requests();
  int port = 0;
  for (const auto& sent : all) {
    if (sent.request.method != "POST") continue;
    const Json body = Json::parse(sent.request.body);
    if (!body["also"].is_object()) port = body["port"];
  }
  CHECK(port == 40'000);
}
