#include "core/reverse/dialer.hpp"
#include "core/swarm/announcer.hpp"
#include "tests/core/swarm/announced.hpp"
#include "tests/support/media_sample.hpp"
#include "tests/support/swarm_rig.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

/// A listener that holds the song, cannot be dialled, and would open connections itself.
struct IdleScene {
  static constexpr const char* gateway = "http://gateway.example:8080";
  struct NoDialer final : reverse::Dialer {
    std::unique_ptr<reverse::Offer> offer(const net::Endpoint&, const std::string&,
                                          std::optional<Duration>, Events) override {
      return nullptr;
    }
    std::unique_ptr<reverse::Offer> expect(const net::Endpoint&, Duration,
                                           std::function<void()>) override {
      return nullptr;
    }
  };
  SwarmRig rig;
  MediaSample song = MediaSample::of_chunks(4, 1);
  Script answer;
  NoDialer dialer;
  std::unique_ptr<swarm::Reversals> reversals;
  std::unique_ptr<swarm::Announcer> announcer;

  explicit IdleScene(bool is_reachable) {
    rig.network.serve(gateway, [this](const http::Request&) { return answer; });
    rig.services.dialer = &dialer;
    reversals = std::make_unique<swarm::Reversals>(rig.services, [] {});
    announcer = std::make_unique<swarm::Announcer>(
        rig.services, swarm::GatewayAccess{gateway, net::AddressRules::everything()},
        swarm::PeerPorts::both(7'000), [] {},
        swarm::Announcer::Partners{nullptr, reversals.get(), nullptr});
    rig.store.add(song.row);
    for (std::uint32_t i = 0; i < 4; ++i) rig.store.put(song.root(), {i}, song.chunk(i));
    say_reachable(is_reachable);
    announcer->set_current({song.root()}, true);
    rig.time.run_for(seconds(1));
    rig.network.forget_requests();
  }
  void say_reachable(bool is_reachable) {
    answer = Script{};
    answer.body =
        std::string(R"({"expires":60,"interval_ms":30000,"you":"198.51.100.7","reachable":)") +
        (is_reachable ? "true}" : "false}");
  }
  /// From now on the gateway holds what may be held.
  void hold_back() {
    answer.headers.add("Preference-Applied", "wait=20");
    answer.head_after = seconds(20);
  }
  void run(Duration span) { rig.time.run_for(span); }
  [[nodiscard]] std::size_t sent() const { return rig.network.requests().size(); }
  /// What the n-th announcement said of a file.
  [[nodiscard]] std::string told(std::size_t n, const MediaSample& file) const {
    return announced(rig.network.requests().at(n).request.body, file);
  }
  [[nodiscard]] std::string preference(std::size_t n) const {
    return rig.network.requests().at(n).header("Prefer");
  }
};

}  // namespace

TEST_CASE("who wants nothing and cannot be dialled waits at the gateway to be called") {
  IdleScene scene(false);
  scene.hold_back();
  scene.run(seconds(64));
  REQUIRE(scene.sent() >= 3);
  for (std::size_t n = 0; n < scene.sent(); ++n) CHECK(scene.preference(n) == "wait=20");
  const auto& requests = scene.rig.network.requests();
  CHECK(requests[1].at - requests[0].at >= seconds(21));
  CHECK(requests[1].at - requests[0].at < seconds(22));
  // It is known all the time, and all of it.
  CHECK(scene.told(0, scene.song) == "all");
  CHECK(scene.rig.problems.list().empty());
}

TEST_CASE("who can be dialled does not wait there, and is heard of now and then") {
  IdleScene scene(true);
  scene.run(seconds(64));
  CHECK(scene.sent() == 2);
  CHECK(scene.preference(0).empty());
}

TEST_CASE("a gateway that does not hold announcements is not asked all the time") {
  IdleScene scene(false);
  scene.run(seconds(300));
  CHECK(scene.sent() <= 12);
  scene.rig.network.forget_requests();
  scene.hold_back();
  scene.run(seconds(600));
  CHECK(scene.sent() > 12);
}

TEST_CASE("news end the waiting: they are told at once") {
  IdleScene scene(false);
  scene.hold_back();
  scene.run(seconds(5));
  REQUIRE(scene.sent() == 1);
  const MediaSample next = MediaSample::of_chunks(4, 2);
  scene.rig.store.add(next.row);
  scene.say_reachable(false);
  scene.announcer->set_current({next.root()}, false);
  scene.run(milliseconds(100));
  REQUIRE(scene.sent() == 2);
  CHECK(scene.preference(1).empty());
  CHECK(scene.told(1, next) == "none");
  CHECK(scene.rig.network.open_transfers() == 0);
  CHECK(scene.announcer->has_answered_for(next.root()));
}

TEST_CASE("a gateway that holds an announcement is not silent, one that never answers it is") {
  IdleScene scene(false);
  scene.hold_back();
  scene.answer.head_after = seconds(40);
  scene.run(seconds(20));
  CHECK_FALSE(scene.announcer->has_failed());
  scene.run(seconds(10));
  CHECK(scene.announcer->has_failed());
}
