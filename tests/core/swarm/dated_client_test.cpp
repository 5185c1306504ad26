#include "core/swarm/dated_client.hpp"

#include "core/http/response_head.hpp"
#include "tests/support/swarm_rig.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::test;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

/// A computer whose clock is an hour ahead, and servers that know better.
struct DatedScene {
  SwarmRig rig;
  CorrectedClock clock{rig.time};
  swarm::Problems problems{clock};
  swarm::ClockKeeper keeper{rig.time, clock, rig.time, problems};
  swarm::DatedClient client{rig.network, rig.time, keeper, rig.peers};
  std::vector<std::unique_ptr<http::Fetch>> fetches;
  int answers = 0;

  DatedScene() {
    for (const auto* host : {"http://radio.example", "http://gateway.example:8080",
                             "http://10.0.0.1:2000", "http://cdn.example"}) {
      rig.network.serve(host, [this, host = std::string(host)](const http::Request&) {
        Script script;
        const WallTime now = rig.time.wall_now() - hours(1) + milliseconds(1);
        script.headers.add("Date", http::format_http_date(now));
        if (host == "http://cdn.example") script.headers.add("Age", "3600");
        if (undated) script.headers = {};
        script.body = "hello";
        return script;
      });
    }
  }
  void ask(const std::string& url) {
    http::ClientRequest request;
    request.url = *http::Url::parse(url);
    request.rules = net::AddressRules::everything();
    request.max_body_bytes = 100;
    fetches.push_back(std::make_unique<http::Fetch>(
        client, std::move(request), [this](const http::Fetch::Result& result) {
          const auto* whole = std::get_if<http::WholeResponse>(&result);
          if (whole != nullptr && whole->body == "hello") ++answers;
        }));
    rig.time.run_for(seconds(1));
  }
  [[nodiscard]] std::string problem() const {
    const auto list = problems.list();
    return list.empty() ? "" : list.front().text;
  }

  bool undated = false;
};

}  // namespace

TEST_CASE("origin and gateway together put the clock right, and answers pass as they are") {
  DatedScene scene;
  scene.ask("http://radio.example/a");
  CHECK(scene.answers == 1);
  CHECK_THAT(scene.problem(), Catch::Contains("60 min ahead of radio.example's"));
  CHECK(scene.clock.correction() == milliseconds(0));
  scene.ask("http://gateway.example:8080/b");
  CHECK(scene.answers == 2);
  CHECK(std::chrono::abs(scene.clock.correction() + hours(1)) <= milliseconds(600));
  CHECK(scene.clock.wall_now() == scene.rig.time.wall_now() + scene.clock.correction());
  CHECK(scene.clock.now() == scene.rig.time.now());
  // The computer's clock is set right.
  scene.rig.time.step_wall(-hours(1));
  scene.rig.time.run_for(seconds(2));
  CHECK(scene.clock.correction() == milliseconds(0));
  CHECK(scene.problem().empty());
}

TEST_CASE("a peer's clock says nothing, nor does an answer out of a cache or without a date") {
  DatedScene scene;
  scene.rig.peers.learn({net::IpAddress::v4(10, 0, 0, 1), 2'000}, hash::TreeRoot{},
                        store::ChunkMap(1));
  scene.ask("http://10.0.0.1:2000/uri-res/N2R");
  scene.ask("http://cdn.example/a");
  scene.undated = true;
  scene.ask("http://radio.example/a");
  CHECK(scene.answers == 3);
  CHECK(scene.problem().empty());
}

TEST_CASE("the correction never changes within a callback") {
  DatedScene scene;
  scene.ask("http://radio.example/a");
  struct Observer : http::TransferObserver {
    DatedScene& scene;
    bool has_changed = false;
    explicit Observer(DatedScene& s) : scene(s) {}
    bool on_head(const http::ClientResponse&) override {
      has_changed = scene.clock.correction() != milliseconds(0);
      return true;
    }
    bool on_body(ByteView) override { return true; }
    void on_finished(std::optional<http::TransferError>) override {}
  } observer(scene);
  http::ClientRequest request;
  request.url = *http::Url::parse("http://gateway.example:8080/b");
  request.rules = net::AddressRules::everything();
  request.max_body_bytes = 100;
  const auto transfer = scene.client.start(std::move(request), observer);
  scene.rig.time.run_for(seconds(1));
  CHECK_FALSE(observer.has_changed);
  CHECK(scene.clock.correction() != milliseconds(0));
}

TEST_CASE("a dated transfer may be destroyed inside any of its calls") {
  for (const int at : {0, 1, 2}) {
    DatedScene scene;
    struct Observer : http::TransferObserver {
      std::unique_ptr<http::Transfer> transfer;
      int at;
      int calls = 0;
      explicit Observer(int a) : at(a) {}
      void call(int number) {
        ++calls;
        if (number == at) transfer.reset();
      }
      bool on_head(const http::ClientResponse&) override {
        call(0);
        return true;
      }
      bool on_body(ByteView) override {
        call(1);
        return true;
      }
      void on_finished(std::optional<http::TransferError>) override { call(2); }
    } observer(at);
    http::ClientRequest request;
    request.url = *http::Url::parse("http://radio.example/a");
    request.rules = net::AddressRules::everything();
    request.max_body_bytes = 100;
    observer.transfer = scene.client.start(std::move(request), observer);
    scene.rig.time.run_for(seconds(2));
    CHECK(observer.calls == at + 1);
    CHECK(scene.rig.network.open_transfers() == 0);
  }
}
