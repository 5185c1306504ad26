#include "core/peer/peer_handler.hpp"

#include "tests/support/media_sample.hpp"
#include "tests/support/swarm_rig.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::test;
using namespace std::chrono_literals;

namespace {

/// Somebody who asks for a file, or its first chunk, and takes it as it comes.
class Taker final : public http::TransferObserver {
 public:
  Taker(FakeNetwork& network, const std::string& url, const http::Headers& headers = {}) {
    http::ClientRequest request;
    request.url = *http::Url::parse(url);
    request.rules = net::AddressRules::everything();
    request.max_body_bytes = UINT64_MAX;
    request.headers = headers;
    transfer_ = network.start(std::move(request), *this);
  }
  [[nodiscard]] std::uint64_t taken() const { return taken_; }
  [[nodiscard]] int status() const { return status_; }

 private:
  bool on_head(const http::ClientResponse& head) override {
    status_ = head.status;
    return true;
  }
  bool on_body(ByteView bytes) override {
    taken_ += bytes.size();
    return true;
  }
  void on_finished(std::optional<http::TransferError>) override {}

  int status_ = 0;
  std::uint64_t taken_ = 0;
  std::unique_ptr<http::Transfer> transfer_;
};

/// A listener that holds a file of 40 chunks.
struct HandlerScene {
  static constexpr std::uint64_t chunks = 40;
  SwarmRig rig;
  MediaSample song = MediaSample::of_chunks(chunks);
  peer::PeerHandler handler;

  explicit HandlerScene(peer::UploadBudget budget) : handler(rig.services, budget) {
    rig.store.add(song.row);
    for (std::uint32_t i = 0; i < chunks; ++i) rig.store.put(song.root(), {i}, song.chunk(i));
    rig.network.serve("http://127.0.0.1:7000", handler);
  }
  [[nodiscard]] Taker take(const http::Headers& headers = {}) {
    return Taker(rig.network, "http://127.0.0.1:7000/uri-res/N2R?" + song.root().urn(), headers);
  }
};

}  // namespace

TEST_CASE("another cap holds at once, also for what is being sent") {
  HandlerScene scene(peer::UploadBudget(800'000));  // 100,000 bytes a second
  const Taker taker = scene.take();
  scene.rig.time.run_for(2s);
  CHECK(taker.status() == 200);
  CHECK(taker.taken() >= 150'000);
  CHECK(taker.taken() <= 250'000);

  SECTION("more") {
    scene.handler.set_budget(peer::UploadBudget(4'000'000));
    scene.rig.time.run_for(1s);
    CHECK(taker.taken() == scene.song.bytes.size());
  }
  SECTION("less") {
    const std::uint64_t before = taker.taken();
    scene.handler.set_budget(peer::UploadBudget(160'000));
    scene.rig.time.run_for(4s);
    CHECK(taker.taken() - before >= 50'000);
    CHECK(taker.taken() - before <= 120'000);
  }
  SECTION("no cap at all") {
    scene.handler.set_budget(peer::UploadBudget());
    scene.rig.time.run_for(200ms);
    CHECK(taker.taken() == scene.song.bytes.size());
    CHECK_FALSE(scene.handler.budget().bits_per_second());
  }
}

TEST_CASE("within a cap what is urgent overtakes what was asked for before") {
  HandlerScene scene(peer::UploadBudget(800'000));  // A chunk takes 164 ms.
  http::Headers later;
  later.add("Priority", "u=5");
  std::vector<std::unique_ptr<Taker>> others;
  for (int i = 0; i < 5; ++i) {
    others.push_back(std::make_unique<Taker>(
        scene.rig.network, "http://127.0.0.1:7000/uri-res/N2R?" + scene.song.root().urn(), later));
  }
  scene.rig.time.run_for(400ms);
  http::Headers now;
  now.add("Range", "bytes=0-16383");
  const std::string urgency = GENERATE("u=0", "u=5");
  now.add("Priority", urgency);
  const Taker taker = scene.take(now);
  scene.rig.time.run_for(400ms);
  CHECK((taker.taken() == hash::chunk_bytes) == (urgency == "u=0"));
}

TEST_CASE("it is known who was sent how much") {
  HandlerScene scene{peer::UploadBudget()};
  const auto client = net::IpAddress::v4(192, 0, 2, 9);
  scene.rig.network.set_client_address({client, 50'001});
  const Taker first = scene.take();
  scene.rig.time.run_for(1s);
  scene.rig.network.set_client_address({client, 50'002});
  const Taker second = scene.take();
  scene.rig.time.run_for(1s);
  const std::map<net::IpAddress, std::uint64_t> expected{{client, 2 * scene.song.bytes.size()}};
  CHECK(scene.handler.ledger().sent() == expected);
  CHECK(scene.rig.statistics.uploaded_bytes == 2 * scene.song.bytes.size());
}

TEST_CASE("who asks may say where it serves others, and is known from then on") {
  HandlerScene scene{peer::UploadBudget()};
  const auto client = net::IpAddress::v4(192, 0, 2, 9);
  scene.rig.network.set_client_address({client, 50'001});
  const auto ask_from = [&](const std::string& place) {
    http::Headers headers;
    headers.add("X-URI-RES",
                "http://" + place + "/uri-res/N2R?" + scene.song.root().urn() + " ; N2R");
    const Taker taker = scene.take(headers);
    scene.rig.time.run_for(100ms);
    CHECK(taker.status() == 200);
  };
  SECTION("its port, at the address from which it asks") {
    ask_from("203.0.113.5:9000");
    const swarm::Peer* const known = scene.rig.peers.find({client, 9'000});
    REQUIRE(known != nullptr);
    CHECK(known->holdings.at(scene.song.root()).count() == 0);
    CHECK(scene.rig.peers.count() == 1);
  }
  SECTION("and what it has been heard to have stays known") {
    scene.rig.peers.learn({client, 9'000}, scene.song.root(),
                          store::ChunkMap::all(HandlerScene::chunks));
    ask_from("0.0.0.0:9000");
    CHECK(scene.rig.peers.find({client, 9'000})->holdings.at(scene.song.root()).complete());
  }
  SECTION("but no port below 1024, and no nonsense") {
    for (const auto* place : {"0.0.0.0:80", "0.0.0.0", "", "peer.example:9000"}) ask_from(place);
    CHECK(scene.rig.peers.count() == 0);
  }
  SECTION("and not more than two at one address within a minute") {
    for (int port = 9'000; port < 9'010; ++port) ask_from("0.0.0.0:" + std::to_string(port));
    CHECK(scene.rig.peers.count() == 2);
  }
  SECTION("and nobody at an address that may not be contacted") {
    scene.rig.services.rules = net::AddressRules::public_only();
    scene.rig.network.set_client_address({net::IpAddress::v4(10, 0, 0, 1), 50'001});
    ask_from("0.0.0.0:9000");
    CHECK(scene.rig.peers.count() == 0);
  }
}
