#include "core/hash/digest.hpp"
#include "gateway/page/style.hpp"
#include "tests/gateway/gateway_fixture.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::gateway;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

struct Scene : test::GatewayFixture {
  std::string page() { return ask("GET", "/")->body; }
};

}  // namespace

TEST_CASE_METHOD(Scene,
                 "a page's style is the one that its policy permits, and there is no script") {
  start();
  const auto answer = ask("GET", "/");
  const auto begin = answer->body.find("<style>") + 7;
  const auto style = answer->body.substr(begin, answer->body.find("</style>") - begin);
  CHECK_THAT(answer->header("Content-Security-Policy"),
             Contains("default-src 'none'") &&
                 Contains("'sha256-" + hash::base64(hash::sha256(as_bytes(style))) + "'"));
  CHECK(answer->header("X-Content-Type-Options") == "nosniff");
  CHECK(answer->body.find("<script") == std::string::npos);
  CHECK(answer->body.find(" style=") == std::string::npos);
}

TEST_CASE_METHOD(Scene, "the page names stations, files and listeners, with all markup escaped") {
  client.serve("http://origin/station.rss",
               R"(<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel rdf:about="x"><title>&lt;b&gt;Radio&lt;/b&gt;</title><link>http://origin/</link>
<description/></channel>
<item rdf:about="1"><title>&lt;script&gt;alert(1)&lt;/script&gt;</title>
<link>http://origin/music/song.mp3</link></item></rdf:RDF>)");
  start({"http://origin/station.rss", "http://origin/missing.rss"});
  world.advance(1s);
  know_song();
  answer_at(9'000);
  announce(9'000, "all");
  const auto html = page();
  CHECK_THAT(html, Contains("&lt;b&gt;Radio&lt;/b&gt;") && Contains("http://origin/missing.rss"));
  CHECK_THAT(html,
             Contains("<td>&lt;script&gt;alert(1)&lt;/script&gt;</td><td>" + std::string(song_url) +
                      "</td><td>100 kB</td><td class=\"number\">1</td>"
                      "<td class=\"number\">1</td>"));
  CHECK(html.find("<script") == std::string::npos);
  CHECK(html.find("<b>") == std::string::npos);
}

TEST_CASE_METHOD(Scene, "listeners are drawn from the first minutes on, and go again") {
  start();
  know_song();
  CHECK(page().find("<svg") == std::string::npos);
  for (int minute = 0; minute < 3; ++minute) {
    announce(9'000, "none");
    announce(9'001, "all");
    world.advance(55s);
  }
  CHECK_THAT(page(), Contains("<svg") && Contains("song.mp3 (at most 2)"));
  world.advance(4h);
  CHECK(page().find("song.mp3 (at most") == std::string::npos);
}

TEST_CASE_METHOD(Scene, "the page says what listeners got from each other, and what was refused") {
  start();
  CHECK(page().find("Refused") == std::string::npos);
  CHECK(page().find("as they say") == std::string::npos);
  const auto say = [&](const std::string& bytes) {
    world.advance(1s);
    static_cast<void>(ask("POST", "/gateway/announce", {{"Content-Type", "application/json"}},
                          R"({"port":9000,"holdings":[],"from_origin_bytes":)" + bytes + "}"));
  };
  say(R"(1,"from_peers_bytes":1)");
  say(R"(1000001,"from_peers_bytes":9000001)");
  static_cast<void>(ask("GET", "/gateway/head?uri=http://elsewhere/x.mp3"));
  static_cast<void>(
      ask("POST", "/gateway/announce", {{"Content-Type", "application/json"}}, "nonsense"));
  const auto html = page();
  CHECK_THAT(html, Contains("Of 10 MB that listeners have had meanwhile, 90 % came from other"));
  CHECK_THAT(html, Contains("URLs that are not permitted</td><td class=\"number\">1</td>"));
  CHECK_THAT(html, Contains("that make no sense</td><td class=\"number\">1</td>"));
  CHECK(html.find("found nobody") == std::string::npos);
}

TEST_CASE_METHOD(Scene, "trouble with the store is the first thing on the page") {
  class Full final : public Storage {
   public:
    Contents load() override { return {}; }
    Status save(const FileVersion&) override { return {}; }
    Status try_write() override { return Error{"<full>"}; }
  } full;
  start({}, &full);
  world.advance(1s);
  CHECK_THAT(page(), Contains("<h1>Alluvium gateway</h1>\n<p class=\"trouble\">the store cannot be "
                              "written: &lt;full&gt;"));
  gateway.reset();
}
