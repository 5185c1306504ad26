#include "core/swarm/playlist_keeper.hpp"

#include "core/playlist/rss_writer.hpp"
#include "tests/support/fake_disk.hpp"
#include "tests/support/swarm_rig.hpp"

#include <set>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

const std::string host = "http://radio.example";
const std::string address = host + "/station.rss";

std::string station(const std::string& title, std::optional<seconds> refresh = {}) {
  playlist::Playlist list;
  list.title = title;
  list.link = host;
  list.refresh = refresh;
  playlist::Item item;
  item.url = *http::Url::parse(host + "/a.mp3");
  item.duration = seconds(10);
  list.items = {item};
  return playlist::write_rss(list, address);
}

/// A keeper, its server, and what it has told.
struct KeeperScene {
  SwarmRig rig;
  Script answer;
  std::vector<std::string> titles;
  std::vector<bool> special;
  std::string hopeless;
  int first_attempts = 0;
  std::unique_ptr<swarm::PlaylistKeeper> keeper;

  explicit KeeperScene(std::shared_ptr<store::Disk> disk = nullptr) : rig(std::move(disk)) {
    rig.network.serve(host, [this](const http::Request&) { return answer; });
    say(station("one"));
    swarm::PlaylistKeeper::Events events;
    events.on_playlist = [this](swarm::KeptPlaylist kept) {
      titles.push_back(kept.content.playlist.title);
      special.push_back(kept.is_from_special_address);
    };
    events.on_hopeless = [this](const std::string& sentence) {
      CHECK(hopeless.empty());
      hopeless = sentence;
      keeper.reset();
    };
    events.on_first_attempt = [this] { ++first_attempts; };
    keeper = std::make_unique<swarm::PlaylistKeeper>(rig.services, *http::Url::parse(address),
                                                     std::move(events));
  }
  void say(std::string text) {
    answer = Script{};
    answer.body = std::move(text);
    answer.headers.add("ETag", "\"v1\"");
    answer.headers.add("Last-Modified", "Mon, 01 Jan 2024 00:00:00 GMT");
  }
  void say_status(int status) {
    answer = Script{};
    answer.status = status;
  }
  void start() {
    keeper->start();
    CHECK(titles.empty());
    run(milliseconds(100));
  }
  void run(Duration span) { rig.time.run_for(span); }
  [[nodiscard]] std::size_t asked() const { return rig.network.requests().size(); }
  [[nodiscard]] std::string problems() const {
    std::string all;
    for (const auto& problem : rig.problems.list()) all += problem.text + "\n";
    return all;
  }
};

using Titles = std::vector<std::string>;

}  // namespace

TEST_CASE("a playlist is told once, and again only when it is another one") {
  KeeperScene scene;
  scene.start();
  CHECK(scene.titles == Titles{"one"});
  CHECK(scene.first_attempts == 1);
  scene.run(seconds(200));
  CHECK(scene.titles == Titles{"one"});
  scene.say(station("two"));
  scene.run(seconds(70));
  CHECK(scene.titles == Titles{"one", "two"});
  CHECK(scene.first_attempts == 1);
  CHECK(scene.problems().empty());
}

TEST_CASE("it looks again every minute or more often, not always after the same time") {
  const struct {
    std::optional<seconds> says;
    double wait;
  } cases[] = {{std::nullopt, 60}, {seconds(20), 20}, {seconds(1), 1}, {seconds(3'600), 60}};
  for (const auto& c : cases) {
    KeeperScene scene;
    scene.say(station("one", c.says));
    scene.start();
    scene.run(Duration(static_cast<std::int64_t>(c.wait * 1e6 * 50)));
    CHECK(scene.asked() >= 45);
    CHECK(scene.asked() <= 56);
    std::set<Duration> pauses;
    for (std::size_t i = 1; i < scene.asked(); ++i) {
      const Duration pause =
          scene.rig.network.requests()[i].at - scene.rig.network.requests()[i - 1].at;
      CHECK(pause >= Duration(static_cast<std::int64_t>(c.wait * 0.9e6)));
      CHECK(pause <= Duration(static_cast<std::int64_t>(c.wait * 1.1e6)) + milliseconds(10));
      pauses.insert(pause);
    }
    CHECK(pauses.size() > 10);
  }
}

TEST_CASE("it asks whether something has changed, and is content with no") {
  KeeperScene scene;
  scene.start();
  scene.say_status(304);
  scene.run(seconds(200));
  const auto& again = scene.rig.network.requests().at(1);
  CHECK(scene.rig.network.requests()[0].header("If-None-Match").empty());
  CHECK(again.header("If-None-Match") == "\"v1\"");
  CHECK(again.header("If-Modified-Since") == "Mon, 01 Jan 2024 00:00:00 GMT");
  CHECK(scene.titles == Titles{"one"});
  CHECK(scene.problems().empty());
}

TEST_CASE("a URL whose first answer can never work is hopeless") {
  KeeperScene scene;
  std::string reason;
  SECTION("404") {
    scene.say_status(404);
    reason = "is not there: the server answers 404";
  }
  SECTION("410") {
    scene.say_status(410);
    reason = "is not there: the server answers 410";
  }
  SECTION("not a playlist") {
    scene.say("<html><body>Hello</body></html>");
    reason = "cannot be used: ";
  }
  SECTION("not even XML") {
    scene.say("ID3 not a playlist");
    reason = "cannot be used: ";
  }
  SECTION("empty") {
    scene.say("");
    reason = "cannot be used: ";
  }
  SECTION("too large") {
    scene.say(std::string(4 * 1024 * 1024 + 1, ' '));
    reason = "is larger than 4 MiB";
  }
  scene.start();
  CHECK(scene.hopeless.starts_with("the playlist http://radio.example/station.rss " + reason));
  CHECK(scene.first_attempts == 0);
  scene.run(std::chrono::hours(1));
  CHECK(scene.asked() == 1);
}

TEST_CASE("a server that cannot answer now is tried again with growing pauses") {
  KeeperScene scene;
  SECTION("refused") {
    scene.rig.network.remove(host);
  }
  SECTION("500") {
    scene.say_status(500);
  }
  SECTION("503") {
    scene.say_status(503);
  }
  SECTION("not modified, though nothing is known") {
    scene.say_status(304);
  }
  SECTION("silence") {
    scene.rig.network.hang(host);
  }
  scene.start();
  scene.run(seconds(15));
  CHECK(scene.first_attempts == 1);
  CHECK(scene.hopeless.empty());
  CHECK(scene.problems().find("; it is tried again") != std::string::npos);
  scene.run(seconds(600));
  CHECK(scene.asked() >= 15);
  CHECK(scene.asked() <= 40);
  scene.rig.network.serve(host, [&](const http::Request&) { return scene.answer; });
  scene.say(station("back"));
  scene.run(seconds(60));
  CHECK(scene.titles == Titles{"back"});
  CHECK(scene.problems().empty());
  CHECK(scene.first_attempts == 1);
}

TEST_CASE("a bad or missing answer never unseats the last good playlist") {
  KeeperScene scene;
  scene.start();
  SECTION("404") {
    scene.say_status(404);
  }
  SECTION("410") {
    scene.say_status(410);
  }
  SECTION("nonsense") {
    scene.say("<rss>");
  }
  SECTION("too large") {
    scene.say(std::string(5'000'000, ' '));
  }
  SECTION("refused") {
    scene.rig.network.remove(host);
  }
  scene.run(seconds(200));
  CHECK(scene.hopeless.empty());
  CHECK(scene.titles == Titles{"one"});
  CHECK(scene.problems().starts_with("the playlist http://radio.example/station.rss "));
  CHECK(scene.problems().ends_with("; the last good one is used\n"));
  scene.rig.network.serve(host, [&](const http::Request&) { return scene.answer; });
  scene.say(station("two"));
  scene.run(seconds(120));
  CHECK(scene.titles == Titles{"one", "two"});
  CHECK(scene.problems().empty());
}

TEST_CASE("the last good playlist outlives the program, with where it came from") {
  const auto disk = std::make_shared<FakeDisk>();
  const bool is_local = GENERATE(false, true);
  {
    KeeperScene scene(disk);
    if (is_local) scene.rig.network.resolve("radio.example", net::IpAddress::v4(192, 168, 0, 5));
    scene.start();
    CHECK(scene.special == std::vector<bool>{is_local});
  }
  KeeperScene scene(disk);
  scene.rig.network.remove(host);
  scene.start();
  CHECK(scene.titles == Titles{"one"});
  CHECK(scene.special == std::vector<bool>{is_local});
  CHECK(scene.first_attempts == 1);
  CHECK(scene.problems().ends_with("; the last good one is used\n"));
  scene.run(seconds(100));
  CHECK(scene.titles == Titles{"one"});
}

TEST_CASE("a kept playlist that was redirected still means the same files") {
  const auto disk = std::make_shared<FakeDisk>();
  std::vector<std::string> urls;
  for (const bool is_up : {true, false}) {
    KeeperScene scene(disk);
    const auto relative = R"(<?xml version="1.0"?><rdf:RDF
      xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
      xmlns:mm="http://musicbrainz.org/mm/mm-2.0#"><channel><title>t</title><link>/</link>
      <description>d</description></channel><item><title>a</title><link>a.mp3</link>
      <mm:duration>1000</mm:duration></item></rdf:RDF>)";
    scene.rig.network.serve(host, [&](const http::Request& request) {
      Script script;
      script.body = relative;
      if (request.target == "/station.rss") {
        script.status = 302;
        script.headers.add("Location", "/deep/station.rss");
      }
      return script;
    });
    if (!is_up) scene.rig.network.remove(host);
    swarm::PlaylistKeeper::Events events;
    events.on_playlist = [&](const swarm::KeptPlaylist& kept) {
      urls.push_back(kept.content.playlist.items.at(0).url.text());
    };
    events.on_hopeless = [](const std::string&) {};
    events.on_first_attempt = [] {};
    swarm::PlaylistKeeper keeper(scene.rig.services, *http::Url::parse(address), events);
    keeper.start();
    scene.run(seconds(2));
  }
  CHECK(urls == std::vector<std::string>{host + "/deep/a.mp3", host + "/deep/a.mp3"});
}

TEST_CASE("a keeper may be destroyed at any moment") {
  for (int i = 0; i < 10; ++i) {
    KeeperScene scene;
    scene.answer.head_after = milliseconds(5);
    scene.keeper->start();
    scene.run(milliseconds(i));
    scene.keeper.reset();
    CHECK(scene.rig.network.open_transfers() == 0);
    scene.run(seconds(100));
  }
}
