#include "gateway/companions/companions.hpp"

#include "tests/gateway/companions/fake_store.hpp"
#include "tests/gateway/surroundings.hpp"
#include "tests/support/fake_network.hpp"

#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::gateway;
using namespace std::chrono_literals;

namespace {

namespace fakes = alluvium::gateway::test;
using alluvium::test::FakeNetwork;
using alluvium::test::VirtualTime;

/// One gateway: all it does is to say who answered whom.
struct Door final : http::Handler {
  Door(VirtualTime& time, FakeNetwork& network, fakes::SharedMemory& memory, std::string its_name)
      : name(std::move(its_name)), net(network), store(memory) {
    companions = std::make_unique<Companions>(
        Companions::Surroundings{store, network, time, time},
        Companions::Settings{name, "http://" + name, std::string(64, name.front())},
        Companions::Events{[this](std::function<void()> done) {
                             ++times_led;
                             on_loaded = std::move(done);
                             if (loads_at_once) on_loaded();
                           },
                           [] {}, [this](bool is_lost) { losses.push_back(is_lost); }});
    network.serve("http://" + name, *this);
  }
  /// As by SIGKILL.
  void die() {
    net.remove("http://" + name);
    companions.reset();
  }

  std::unique_ptr<http::Exchange> on_request(const http::Request& request,
                                             http::Responder& responder) override {
    return companions->answer(request, responder, [this](const auto& asked, auto& to) {
      http::Response response = http::text_response(
          200, name + " to " + asked.remote.text() + " " + asked.method + asked.body);
      response.head.headers.add("X-Version", std::to_string(asked.minor_version));
      if (asked.method != "HEAD") {
        to.send(std::move(response));
      } else {
        to.begin(std::move(response.head), 123'456);
        to.end();
      }
      return std::unique_ptr<http::Exchange>();
    });
  }
  std::unique_ptr<fakes::Exchanged> ask(std::string method = "GET", std::string body = {}) {
    http::Request asked = fakes::request(std::move(method), "/gateway/head?uri=x");
    asked.body = std::move(body);
    return std::make_unique<fakes::Exchanged>(*this, std::move(asked));
  }

  std::string name;
  FakeNetwork& net;
  fakes::FakeStore store;
  int times_led = 0;
  bool loads_at_once = true;
  std::function<void()> on_loaded;
  std::vector<bool> losses;
  std::unique_ptr<Companions> companions;
};

struct TwoDoors {
  VirtualTime time;
  FakeNetwork network{time};
  fakes::SharedMemory memory{time};
  Door a{time, network, memory, "a"};
  Door b{time, network, memory, "b"};

  TwoDoors() { time.run_for(10ms); }
  std::string heard(const std::unique_ptr<fakes::Exchanged>& answer, Duration within = 100ms) {
    time.run_for(within);
    return answer->answered() ? answer->body.substr(0, answer->body.find('\n')) : "nothing";
  }
};

}  // namespace

TEST_CASE_METHOD(TwoDoors, "one gateway leads, and what another is asked it hands on to it") {
  CHECK(a.companions->leads());
  CHECK(!b.companions->leads());
  CHECK(heard(a.ask()) == "a to 127.0.0.1:40000 GET");
  CHECK(heard(b.ask()) == "a to 127.0.0.1:40000 GET");
  CHECK(heard(b.ask("POST", " body")) == "a to 127.0.0.1:40000 POST body");
  CHECK(b.companions->counters().handed_on == 2);
  CHECK(a.companions->counters().taken_over == 2);
}

TEST_CASE_METHOD(TwoDoors, "what HEAD says of the length is handed on, and so is HTTP/1.0") {
  const auto head = b.ask("HEAD");
  time.run_for(100ms);
  CHECK(head->content_length == 123'456u);
  CHECK(head->header("X-Version") == "1");
  http::Request old = fakes::request("GET", "/uri-res/N2L?x");
  old.minor_version = 0;
  fakes::Exchanged answer(b, old);
  time.run_for(100ms);
  CHECK(answer.header("X-Version") == "0");
}

TEST_CASE_METHOD(TwoDoors, "who is asked as by another gateway believes only the secret") {
  const std::string secret = b.companions->seat().secret;
  REQUIRE(secret.size() == 64);
  const auto pass = [&](const std::string& value) {
    http::Request request = fakes::request("GET", "/");
    request.headers.add("alluvium-pass", value);
    fakes::Exchanged answer(a, request);
    return answer.status;
  };
  CHECK(pass(secret + " 1 192.0.2.1:9") == 200);
  std::string other = secret;
  other.back() = 'x';
  for (const std::string& value :
       {std::string(), std::string("x"), other + " 1 192.0.2.1:9", secret, secret + " 1",
        secret + " 1 nobody", secret + "1 192.0.2.1:9", std::string(" 1 192.0.2.1:9"),
        secret.substr(1) + " 1 192.0.2.1:9"}) {
    INFO(value);
    CHECK(pass(value) == 403);
  }
  http::Request twice = fakes::request("GET", "/");
  twice.headers.add("Alluvium-Pass", secret + " 1 192.0.2.1:9");
  twice.headers.add("Alluvium-Pass", secret + " 1 192.0.2.2:9");
  CHECK(fakes::Exchanged(a, twice).status == 403);
}

TEST_CASE_METHOD(TwoDoors, "a request is handed on once and never further") {
  http::Request request = fakes::request("GET", "/");
  request.headers.add("Alluvium-Pass", b.companions->seat().secret + " 1 192.0.2.1:9");
  network.forget_requests();
  fakes::Exchanged answer(b, request);
  time.run_for(1s);
  CHECK(answer.status == 503);
  CHECK(network.requests().empty());
}

TEST_CASE_METHOD(TwoDoors, "when the leader dies requests wait for the next, a term at most") {
  a.die();
  const auto answer = b.ask("POST");
  CHECK(heard(answer, 500ms) == "nothing");
  CHECK(heard(answer, Leadership::term) == "b to 127.0.0.1:40000 POST");
  CHECK(b.companions->leads());
  CHECK(b.companions->counters().waited == 1);
  CHECK(b.companions->counters().alone == 0);
}

TEST_CASE_METHOD(TwoDoors, "who gives up the lead is followed at once") {
  bool is_done = false;
  a.companions->resign([&] { is_done = true; });
  time.run_for(10ms);
  const auto asked = b.ask("POST");
  CHECK(is_done);
  CHECK(heard(asked, Leadership::ask_every) == "b to 127.0.0.1:40000 POST");
}

TEST_CASE_METHOD(TwoDoors, "a new leader answers nobody before it knows what the last one knew") {
  b.loads_at_once = false;
  a.die();
  time.run_for(Leadership::term + 100ms);
  REQUIRE(b.companions->leads());
  const auto first = b.ask();
  CHECK(heard(first) == "nothing");
  b.on_loaded();
  CHECK(heard(first) == "b to 127.0.0.1:40000 GET");
}

TEST_CASE_METHOD(TwoDoors, "what takes a new leader too long to load is not waited for") {
  b.loads_at_once = false;
  a.die();
  time.run_for(Leadership::term + 100ms);
  CHECK(heard(b.ask(), Companions::longest_take_over) == "b to 127.0.0.1:40000 GET");
}

TEST_CASE_METHOD(TwoDoors, "without the store everything stays as it was, and that is said once") {
  memory.is_lost = true;
  time.run_for(10s);
  CHECK(a.losses == std::vector<bool>{true});
  CHECK(b.losses == std::vector<bool>{true});
  CHECK(heard(b.ask()) == "a to 127.0.0.1:40000 GET");
  memory.is_lost = false;
  memory.forget();
  time.run_for(10s);
  CHECK(a.losses == std::vector<bool>{true, false});
  CHECK(a.companions->leads());
  CHECK(a.times_led == 1);
  CHECK(heard(b.ask()) == "a to 127.0.0.1:40000 GET");
}

TEST_CASE_METHOD(TwoDoors, "a store that forgot who led waits for it, but not for the dead") {
  memory.is_lost = true;
  time.run_for(2s);
  a.die();
  memory.forget();
  memory.is_lost = false;
  time.run_for(Leadership::precedence);
  CHECK(!b.companions->leads());
  time.run_for(1s);
  CHECK(b.companions->leads());
}

TEST_CASE_METHOD(TwoDoors, "with neither store nor leader each gateway answers by itself") {
  memory.is_lost = true;
  time.run_for(2s);
  a.die();
  CHECK(heard(b.ask("POST")) == "b to 127.0.0.1:40000 POST");
  CHECK(b.companions->counters().alone == 1);
}

TEST_CASE_METHOD(TwoDoors, "who cannot reach the leader answers by itself in the end") {
  network.remove("http://a");
  CHECK(heard(b.ask(), 1700ms) == "nothing");
  CHECK(heard(b.ask(), Companions::longest_wait + 10ms) == "b to 127.0.0.1:40000 GET");
}

TEST_CASE_METHOD(TwoDoors, "a leader that stands still is replaced, and knows it when it wakes") {
  // Only a's time stands still: b asks for it as long as that takes.
  a.store.is_cut_off = true;
  network.hang("http://a");
  const auto asked = b.ask("POST");
  time.run_for(Leadership::term + 500ms);
  CHECK(b.companions->leads());
  CHECK(heard(asked) == "b to 127.0.0.1:40000 POST");
  a.store.is_cut_off = false;
  network.serve("http://a", a);
  time.run_for(1s);
  CHECK(!a.companions->leads());
  CHECK(heard(a.ask()) == "b to 127.0.0.1:40000 GET");
}

TEST_CASE_METHOD(TwoDoors, "a process that slept answers nobody before it knows who leads") {
  time.suspend(5s);
  memory.seat.reset();
  const auto asked = a.ask();
  CHECK(!asked->answered());
  CHECK(heard(asked) != "nothing");
}

TEST_CASE_METHOD(TwoDoors, "who goes away while it waits is forgotten") {
  a.die();
  auto asked = b.ask();
  time.run_for(300ms);
  asked->hang_up();
  time.run_for(3s);
  CHECK(asked->answers == 0);
}
