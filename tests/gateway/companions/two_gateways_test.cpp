#include "core/http/forwarded.hpp"
#include "gateway/gateway.hpp"
#include "tests/gateway/companions/fake_store.hpp"
#include "tests/gateway/surroundings.hpp"
#include "tests/support/fake_network.hpp"

#include <map>
#include <memory>
#include <mutex>
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
using alluvium::test::VirtualWorkers;

constexpr const char* song_url = "http://origin/music/song.mp3";
/// From when virtual time begins the song, then what is missing.
constexpr const char* radio =
    R"(<rdf:RDF xmlns="http://purl.org/rss/1.0/" )"
    R"(xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" )"
    R"(xmlns:ev="http://purl.org/rss/1.0/modules/event/" )"
    R"(xmlns:mm="http://musicbrainz.org/mm/mm-2.0#"><channel><title>Radio</title>)"
    "<item><title>Now</title><link>http://origin/music/song.mp3</link>"
    "<ev:startdate>2024-01-01T00:00:00Z</ev:startdate><mm:duration>1800000</mm:duration></item>"
    "<item><title>Next</title><link>http://files/missing.mp3</link>"
    "<ev:startdate>2024-01-01T00:30:00Z</ev:startdate><mm:duration>1800000</mm:duration></item>"
    "</channel></rdf:RDF>";

/// Files that all gateways of a test share.
struct SharedFiles {
  std::map<std::string, FileVersion> files;
  bool is_full = false;
};
class FakeStorage final : public Storage {
 public:
  Status try_write() override {
    if (shared_.is_full) return Error{"no room"};
    return {};
  }
  explicit FakeStorage(SharedFiles& shared) : shared_(shared) {}
  Contents load() override {
    Contents contents;
    for (const auto& [url, file] : shared_.files) contents.files.push_back(file);
    return contents;
  }
  Status save(const FileVersion& file) override {
    shared_.files.insert_or_assign(file.url.text(), file);
    return {};
  }
  std::optional<FileVersion> find(const hash::TreeRoot& root) override {
    for (const auto& [url, file] : shared_.files) {
      if (file.root() == root) return file;
    }
    return std::nullopt;
  }

 private:
  SharedFiles& shared_;
};

struct Station {
  VirtualTime time;
  VirtualWorkers workers{time};
  FakeNetwork network{time};
  fakes::SharedMemory memory{time};
  SharedFiles files;
  fakes::Log log;
  std::vector<http::Url> playlists;
  const std::string song = fakes::some_bytes(100'000);
  const std::string urn = fakes::file_of(song_url, song).root().urn();

  struct One {
    One(Station& station, const std::string& its_name)
        : name(its_name), store(station.memory), storage(station.files) {
      proxies.add(*net::parse_network("127.0.0.1"));
      Gateway::Settings settings;
      settings.origins.allow(fakes::url("http://origin/music/"));
      settings.stations = station.playlists;
      settings.rules.allow(*net::parse_network("127.0.0.0/8"));
      settings.seed = 1;
      settings.companions = {name, {}, std::string(64, name.front())};
      gateway = std::make_unique<Gateway>(
          Gateway::Surroundings{station.network, station.time, station.time, station.workers,
                                storage, station.log, &store},
          std::move(settings), [] {});
      gateway->on_listening("http://" + name);
      entrance = std::make_unique<http::BehindProxies>(proxies, gateway->router());
      station.network.serve("http://" + name, *entrance);
    }
    std::string name;
    http::TrustedProxies proxies;
    fakes::FakeStore store;
    FakeStorage storage;
    std::unique_ptr<Gateway> gateway;
    std::unique_ptr<http::BehindProxies> entrance;  ///< As if 127.0.0.1 were a proxy.
  };
  std::unique_ptr<One> a;
  std::unique_ptr<One> b;

  Station() {
    network.serve("http://origin", {200, {{"ETag", "\"1\""}}, song});
    a = std::make_unique<One>(*this, "a");
    time.run_for(10ms);
    b = std::make_unique<One>(*this, "b");
    time.run_for(10ms);
  }
  /// As by SIGKILL.
  void kill(std::unique_ptr<One>& one) {
    network.remove("http://" + one->name);
    one.reset();
  }
  std::unique_ptr<fakes::Exchanged> ask(One& one, std::string method, std::string target,
                                        std::string body = {}, Duration within = 200ms) {
    http::Request asked = fakes::request(std::move(method), std::move(target));
    if (!body.empty()) asked.headers.add("Content-Type", "application/json");
    asked.body = std::move(body);
    auto exchanged = std::make_unique<fakes::Exchanged>(one.gateway->router(), std::move(asked));
    time.run_for(within);
    return exchanged;
  }
  void know_song(One& one) {
    static_cast<void>(ask(one, "GET", std::string("/gateway/head?uri=") + song_url));
  }
  /// What a listener at that port is told of where to get those bytes.
  std::string want(One& one, int port, const std::string& bytes,
                   const std::string& available = "none", Duration within = 200ms) {
    network.serve("http://127.0.0.1:" + std::to_string(port), {503, {}, ""});
    const std::string wanted =
        bytes.empty() ? "" : R"({"urn":")" + urn + R"(","bytes":")" + bytes + R"(","by_ms":2000})";
    const auto answer =
        ask(one, "POST", "/gateway/announce",
            R"({"port":)" + std::to_string(port) + R"(,"up_bps":9000000,"holdings":[{"urn":")" +
                urn + R"(","available":")" + available + R"("}],"want":[)" + wanted + "]}",
            within);
    const auto begin = answer->body.find(R"("source":")");
    if (begin == std::string::npos) return "nothing";
    const auto end = answer->body.find('"', begin + 10);
    return answer->body.substr(begin + 10, end - begin - 10);
  }
  std::size_t fetches() const { return network.requests_to(song_url).size(); }
};

}  // namespace

TEST_CASE_METHOD(Station, "two gateways lease as one, whichever is asked") {
  know_song(*b);
  CHECK(fetches() == 1);
  static_cast<void>(want(*a, 9001, ""));
  static_cast<void>(want(*b, 9002, ""));
  CHECK(want(*b, 9002, "0-16383") == "origin");
  CHECK(want(*a, 9001, "0-16383") == "127.0.0.1:9002");
  CHECK(want(*b, 9001, "0-16383") == "127.0.0.1:9002");
  CHECK(a->gateway->state().leases.granted == 1);
  CHECK(b->gateway->state().leases.granted == 0);
  know_song(*a);
  CHECK(fetches() == 1);
}

TEST_CASE_METHOD(Station, "a leaf row is found by every gateway") {
  know_song(*a);
  CHECK(ask(*b, "GET", "/uri-res/N2X?" + urn)->status == 200);
  CHECK(ask(*b, "GET", "/uri-res/N2X?" + urn)->body.size() == 7u * 32);
  CHECK(ask(*b, "GET", "/uri-res/N2X?" + hash::TreeRoot{{9}}.urn())->status == 404);
  memory.is_lost = true;
  time.run_for(2s);
  CHECK(ask(*b, "GET", "/uri-res/N2X?" + hash::TreeRoot{{9}}.urn())->status == 404);
}

TEST_CASE_METHOD(Station, "when the leader dies leases and holdings go on at the next") {
  know_song(*a);
  static_cast<void>(want(*b, 9001, ""));
  static_cast<void>(want(*b, 9002, ""));
  static_cast<void>(want(*b, 9003, "", "bytes 32768-49151"));
  CHECK(want(*b, 9001, "0-16383") == "origin");
  time.run_for(1s);
  // Kept alive by asking again, and written behind.
  CHECK(want(*b, 9002, "16384-32767") == "origin");
  time.run_for(200ms);
  kill(a);
  CHECK(want(*b, 9003, "16384-32767", "bytes 32768-49151", 2s) == "127.0.0.1:9002");
  CHECK(want(*b, 9001, "32768-49151") == "127.0.0.1:9003");
  CHECK(b->gateway->state().leases.granted == 0);
  CHECK(fetches() == 1);
  // Nobody has to be connected back to again.
  CHECK(b->gateway->state().counters.peers_reachable == 0);
}

TEST_CASE_METHOD(Station,
                 "each gateway takes the others' proofs, and the next leader knows aliases") {
  know_song(*a);
  network.serve("http://20.0.0.7:9001", {503, {}, ""});
  network.serve("http://[2a00::7]:9001", {503, {}, ""});
  const auto post = [&](One& one, const char* from, const std::string& body, Duration within) {
    http::Request asked = fakes::request("POST", "/gateway/announce");
    asked.remote = {*net::IpAddress::parse(from), 50'000};
    asked.headers.add("Content-Type", "application/json");
    asked.headers.add("User-Agent", std::string(300, 'x'));
    asked.body = body;
    auto exchanged = std::make_unique<fakes::Exchanged>(one.gateway->router(), std::move(asked));
    time.run_for(within);
    return exchanged;
  };
  const std::string held = R"("holdings":[{"urn":")" + urn + R"(","available":")";
  const auto told = post(*a, "20.0.0.7", R"({"port":9001,"also":true,)" + held + "all\"}]}", 200ms);
  const auto begin = told->body.find(R"("also":{)");
  REQUIRE(begin != std::string::npos);
  const std::string proof = told->body.substr(begin, told->body.find('}', begin) - begin + 1);
  for (int i = 0; i < 2; ++i) {
    CHECK(post(*b, "2a00::7", R"({"port":9001,)" + proof + "}", 1s)->status == 200);
  }
  kill(a);
  const auto asked = post(*b, "2a00:9::9",
                          R"({"port":9002,"want":[{"urn":")" + urn +
                              R"(","bytes":"0-16383","by_ms":2000}],)" + held + "none\"}]}",
                          2s);
  CHECK(asked->body.find(R"("source":"[2a00::7]:9001")") != std::string::npos);
  CHECK(b->gateway->state().counters.peers_reachable == 0);
}

TEST_CASE_METHOD(Station, "a new leader gives new leases once listeners could say what they hold") {
  know_song(*a);
  static_cast<void>(want(*b, 9001, ""));
  static_cast<void>(want(*b, 9002, ""));
  time.run_for(1s);
  kill(a);
  time.run_for(Leadership::term + 10ms);
  CHECK(want(*b, 9001, "0-16383", "none", 10ms) == "wait");
  CHECK(want(*b, 9002, "", "bytes 0-16383", 10ms) == "nothing");
  time.run_for(Succession::hold_back);
  CHECK(want(*b, 9001, "0-16383") == "127.0.0.1:9002");
  CHECK(want(*b, 9001, "16384-32767") == "origin");
}

TEST_CASE_METHOD(Station, "who leaves is not known to the next leader") {
  know_song(*a);
  static_cast<void>(want(*a, 9001, "", "all"));
  time.run_for(500ms);
  REQUIRE(memory.records.size() == 1);
  CHECK(ask(*b, "DELETE", "/gateway/announce?port=9001")->status == 200);
  time.run_for(1s);
  CHECK(memory.records.empty());
}

TEST_CASE_METHOD(Station, "a gateway that ends writes what is left to write, and is followed") {
  know_song(*a);
  static_cast<void>(want(*a, 9001, ""));
  static_cast<void>(want(*a, 9001, "0-16383"));
  static_cast<void>(want(*a, 9002, "", "bytes 16384-32767", 1ms));
  bool is_done = false;
  a->gateway->end([&] { is_done = true; });
  time.run_for(5ms);
  CHECK(is_done);
  kill(a);
  CHECK(want(*b, 9003, "0-16383", "none", 500ms) == "127.0.0.1:9001");
}

TEST_CASE_METHOD(Station, "a store that has forgotten everything is told it again") {
  know_song(*b);
  static_cast<void>(want(*b, 9001, "", "all"));
  memory.is_lost = true;
  time.run_for(3s);
  CHECK(want(*b, 9002, "0-16383") == "127.0.0.1:9001");
  memory.forget();
  files.files.clear();
  memory.is_lost = false;
  time.run_for(3s);
  CHECK(memory.records.size() == 2);
  CHECK(files.files.size() == 1);
  CHECK(a->gateway->state().succession->companions().leads());
}

TEST_CASE_METHOD(Station, "what is written of a crowd is bounded by the second") {
  know_song(*a);
  const int before = a->store.writes;
  for (int i = 0; i < 20; ++i) static_cast<void>(want(*a, 9001, "", "none", 50ms));
  CHECK(a->store.writes - before <= 2);
}

TEST_CASE_METHOD(Station, "who asks through a proxy has its own address at the leader, too") {
  know_song(*a);
  for (One* one : {a.get(), b.get()}) {
    http::Request asked = fakes::request("POST", "/gateway/announce");
    asked.headers.add("Content-Type", "application/json");
    asked.headers.add("X-Forwarded-For", "192.0.2.1, 127.0.0.9");
    asked.body = R"({"port":0,"holdings":[{"urn":")" + urn + R"(","available":"none"}]})";
    const fakes::Exchanged answer(*one->entrance, asked);
    time.run_for(200ms);
    CHECK_THAT(answer.body, Catch::Contains(R"("you":"127.0.0.9")"));
  }
}

TEST_CASE_METHOD(Station, "a shared store that is full takes no gateway out of service") {
  files.is_full = true;
  time.run_for(StoreHealth::pause);
  for (One* one : {a.get(), b.get()}) {
    const auto health = ask(*one, "GET", "/healthz");
    CHECK(health->status == 200);
    CHECK(health->body == "the store cannot be written: no room\n");
    CHECK_THAT(ask(*one, "GET", "/metrics")->body,
               Catch::Contains("alluvium_gateway_store_failing 1\n"));
  }
}

TEST_CASE_METHOD(Station, "of what is coming one gateway takes care, whichever leads") {
  const auto figures = [this](One& one) { return ask(one, "GET", "/metrics")->body; };
  const auto has_missing = Catch::Contains("alluvium_gateway_coming_files_missing 1\n");
  const auto has_none = Catch::Contains("alluvium_gateway_coming_files 0\n");
  kill(a);
  kill(b);
  time.run_for(Leadership::term);
  network.serve("http://station", {200, {}, radio});
  network.serve("http://files", {404, {}, ""});
  playlists = {fakes::url("http://station/radio.rss")};
  a = std::make_unique<One>(*this, "a");
  time.run_for(10ms);
  b = std::make_unique<One>(*this, "b");
  time.run_for(1s);
  CHECK_THAT(figures(*a), has_missing);
  CHECK_THAT(figures(*b), has_none);
  CHECK(fetches() == 1);
  // It takes itself for the leader until it hears that another one leads.
  a->store.is_cut_off = true;
  time.run_for(3s);
  CHECK(b->gateway->state().succession->companions().leads());
  a->store.is_cut_off = false;
  time.run_for(1s);
  CHECK(!a->gateway->state().succession->companions().leads());
  CHECK_THAT(figures(*a), has_none);
  CHECK_THAT(figures(*b), has_missing);
  CHECK(fetches() == 1);
}
