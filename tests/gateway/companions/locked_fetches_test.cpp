#include "gateway/companions/locked_fetches.hpp"

#include "tests/gateway/companions/fake_store.hpp"
#include "tests/gateway/surroundings.hpp"
#include "tests/support/fake_network.hpp"

#include <memory>
#include <optional>
#include <string>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::gateway;
using namespace std::chrono_literals;

namespace {

namespace fakes = alluvium::gateway::test;

constexpr const char* song_url = "http://origin/song.mp3";

struct Scene {
  alluvium::test::VirtualTime time;
  alluvium::test::FakeNetwork network{time};
  fakes::SharedMemory memory{time};
  bool is_known = false;

  struct One {
    One(Scene& scene, std::string id)
        : store(scene.memory),
          fetches({scene.network, store, scene.time, scene.time}, std::move(id),
                  [&scene](const http::Url&, const std::function<void(bool)>& tell) {
                    tell(scene.is_known);
                  }) {}
    fakes::FakeStore store;
    LockedFetches fetches;
    std::optional<http::Fetch::Result> result;
    std::unique_ptr<http::Fetch> fetch;

    void get(http::Headers headers = {}) {
      http::ClientRequest request;
      request.url = fakes::url(song_url);
      request.headers = std::move(headers);
      request.rules = net::AddressRules::everything();
      request.max_body_bytes = 1'000'000;
      request.stall_timeout = {};
      fetch = std::make_unique<http::Fetch>(
          fetches, std::move(request),
          [this](http::Fetch::Result one) { result = std::move(one); });
    }
    bool has_it() const { return result && std::holds_alternative<http::WholeResponse>(*result); }
  };
  One a{*this, "a"};
  One b{*this, "b"};

  /// A file that takes so long.
  void serve(Duration duration) {
    alluvium::test::Script script;
    script.body = std::string(100'000, 'x');
    script.piece_bytes = 50'000;
    script.between_pieces = duration;
    network.serve("http://origin", script);
  }
  std::size_t fetches() const { return network.requests_to(song_url).size(); }
};

}  // namespace

TEST_CASE_METHOD(Scene, "a file that another gateway fetches is waited for, and not fetched") {
  serve(1s);
  a.get();
  time.run_for(100ms);
  b.get();
  time.run_for(2s);
  CHECK(fetches() == 1);
  time.run_for(1s);
  CHECK(a.has_it());
  is_known = true;
  time.run_for(2s);
  REQUIRE(b.result);
  CHECK(!b.has_it());
  CHECK(fetches() == 1);
}

TEST_CASE_METHOD(Scene, "what another gateway could not have is fetched here") {
  network.serve("http://origin", {404, {}, ""});
  a.get();
  time.run_for(10ms);
  CHECK(memory.locks.size() == 1);
  serve(1ms);
  time.run_for(LockedFetches::saved_within);
  b.get();
  time.run_for(100ms);
  CHECK(b.has_it());
}

TEST_CASE_METHOD(Scene, "the lock of a gateway that died ends by itself") {
  serve(1h);
  a.get();
  time.run_for(10s);
  a.store.is_cut_off = true;
  serve(1ms);
  b.get();
  time.run_for(LockedFetches::term);
  time.run_for(1s);
  CHECK(b.has_it());
  CHECK(fetches() == 2);
}

TEST_CASE_METHOD(Scene, "who fetches for long keeps the lock, but is not waited for for ever") {
  serve(20s);
  a.get();
  time.run_for(10s);
  b.get();
  time.run_for(LockedFetches::longest_wait - 10ms);
  CHECK(fetches() == 1);
  time.run_for(1s);
  CHECK(fetches() == 2);
}

TEST_CASE_METHOD(Scene, "a fetch that is given up gives up its lock") {
  serve(1h);
  a.get();
  time.run_for(100ms);
  a.fetch.reset();
  CHECK(memory.locks.empty());
  b.get();
  time.run_for(100ms);
  CHECK(fetches() == 2);
}

TEST_CASE_METHOD(Scene, "without the store nothing is locked, nor is what asks for changes only") {
  serve(1ms);
  b.get({{"If-None-Match", "\"1\""}});
  time.run_for(10ms);
  CHECK(b.has_it());
  CHECK(memory.locks.empty());
  memory.is_lost = true;
  a.get();
  time.run_for(SharedStore::patience + 100ms);
  CHECK(a.has_it());
}
