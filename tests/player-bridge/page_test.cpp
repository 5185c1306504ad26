#include "core/base/text.hpp"
#include "player-bridge/page/files.hpp"
#include "tests/player-bridge/local_scene.hpp"

#include <regex>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace alluvium;
using namespace alluvium::bridge;
using namespace alluvium::bridge::test;

namespace {

std::vector<std::string> all_matches(const std::string& text, const std::string& pattern) {
  const std::regex expression(pattern);
  std::vector<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), expression), end; at != end; ++at) {
    found.push_back((*at)[1]);
  }
  return found;
}

std::string everything_served() {
  std::string all(page::html());
  for (const page::File& file : page::files()) all += file.text;
  return all;
}

std::vector<std::string> keys(const nlohmann::ordered_json& json) {
  std::vector<std::string> names;
  for (const auto& [name, value] : json.items()) names.push_back(name);
  return names;
}

}  // namespace

TEST_CASE("nothing that comes from outside is markup on the page") {
  const std::string tame = status_page(status_saying("song"), "t0ken");
  for (const char* text :
       {"<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'><svg/onload=alert(1)>",
        "</title></head><body>", "--><!--", "</noscript>", "<\xff\xfe>", "\x1b[31m<b>", "]]>",
        "<\xe2\x80\xae>", "&lt;b&gt;", "a\r\n\r\n<b>"}) {
    CAPTURE(text);
    const std::string page = status_page(status_saying(text), "t0ken");
    for (const char* mark : {"<", ">", "\"", "'"}) {
      CAPTURE(mark);
      CHECK(occurrences(page, mark) == occurrences(tame, mark));
    }
    CHECK(page.find(escaped_markup(text)) != std::string::npos);
  }
}

TEST_CASE("a title that looks like a place to fill in is only a title") {
  const std::string page = status_page(status_saying("{{token}} {{table}} }} {{"), "t0ken");
  CHECK(occurrences(page, "t0ken") == 2);
  CHECK(occurrences(page, "{{token}} {{table}} }} {{") >= 5);
  CHECK(occurrences(status_page(status_saying("song"), "t0ken"), "{{") == 0);
}

TEST_CASE("the page says the basics without scripts") {
  ListenerStatus status = status_saying("song");
  status.bytes.peer_bytes = 1'500'000;
  const std::string page = status_page(status, "");
  CHECK(page.find("<h1 id=\"station\">song</h1>") != std::string::npos);
  CHECK(page.find("<td>song, from 2024-01-01T00:00:00Z to ") != std::string::npos);
  CHECK(page.find("1.5 MB") != std::string::npos);
  CHECK(page.find("href=\"stream\"") != std::string::npos);
  CHECK(page.find("song (since 2024-01-01T00:00:00Z)") != std::string::npos);
  CHECK(page.find("value=\"off\"") != std::string::npos);
  CHECK(page.find("On air") != std::string::npos);
  status.item->is_filler = true;
  CHECK(status_page(status, "").find("Between programmes") != std::string::npos);
  CHECK(status_page(ListenerStatus{}, "").find("<td>nothing</td>") != std::string::npos);
}

TEST_CASE("the page needs nothing that its policy forbids, and nothing from elsewhere") {
  LocalScene scene;
  const http::Response answer = scene.ask(LocalScene::request("GET", "/"));
  CHECK(answer.head.headers.find("Content-Security-Policy") ==
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "media-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
        "form-action 'self'");
  const std::string html(page::html());
  CHECK_FALSE(std::regex_search(html, std::regex("<style|\\sstyle=|\\son[a-z]+=|javascript:")));
  CHECK_FALSE(std::regex_search(html, std::regex("<script(?![^>]* src=\"page/)")));
  const std::string all = everything_served();
  for (const std::string& url : all_matches(all, "(https?://[a-z0-9.-]+)")) {
    CHECK(url == "http://www.w3.org");  // A namespace, never fetched.
  }
  CHECK_FALSE(std::regex_search(all, std::regex("url\\((?!\"data:image/svg)|@import|//cdn")));
  // Text from outside can only become text.
  CHECK_FALSE(std::regex_search(
      all, std::regex("innerHTML|outerHTML|insertAdjacent|document\\.write|eval\\(|Function\\(")));
}

TEST_CASE("everything the page refers to is served, as what it is") {
  LocalScene scene;
  std::vector<std::string> paths =
      all_matches(std::string(page::html()), "(?:src|href)=\"(page/[^\"]+)\"");
  for (const page::File& file : page::files()) {
    for (const std::string& name :
         all_matches(std::string(file.text), "from '\\./([a-z]+\\.js)'")) {
      paths.push_back("/page/" + name);
    }
  }
  // Relative, so that each station's page finds its own.
  for (std::string& path : paths) {
    if (!path.starts_with('/')) path.insert(0, 1, '/');
  }
  CHECK(paths.size() > 10);
  std::set<std::string> used(paths.begin(), paths.end());
  CHECK(used.size() == page::files().size());
  for (const std::string& path : used) {
    CAPTURE(path);
    const http::Response answer = scene.ask(LocalScene::request("GET", path));
    REQUIRE(answer.head.status == 200);
    const std::string type(answer.head.headers.find("Content-Type").value_or(""));
    CHECK(type == (path.ends_with(".js")    ? "text/javascript; charset=utf-8"
                   : path.ends_with(".css") ? "text/css; charset=utf-8"
                                            : "image/svg+xml"));
    CHECK(answer.head.headers.find("X-Content-Type-Options") == "nosniff");
    CHECK(answer.body.size() > 100);
  }
}

TEST_CASE("a page knows when it is out of date") {
  LocalScene scene;
  const auto status = nlohmann::json::parse(
      to_string(scene.ask(LocalScene::request("GET", "/status.json")).body.view()));
  const std::string revision = status["page_revision"];
  CHECK(revision == page::revision() + "-2024-01-01T00:00:00Z");
  const std::string page = to_string(scene.ask(LocalScene::request("GET", "/")).body.view());
  CHECK(page.find("content=\"" + revision + "\"") != std::string::npos);
}

TEST_CASE("the status has the keys that other programs rely on, and those of the page") {
  using Names = std::vector<std::string>;
  const auto json = nlohmann::ordered_json::parse(status_json(hostile_status()));
  CHECK(keys(json) == Names{"station", "item", "next", "buffer_seconds", "bytes", "chunks", "peers",
                            "players", "reachable", "reach", "problems", "now", "lag_seconds",
                            "stream", "map", "peer_list", "sharing", "page_revision"});
  const Names item{"title",          "url",  "started", "ends",
                   "offset_seconds", "name", "creator", "filler"};
  CHECK(keys(json["item"]) == item);
  CHECK(keys(json["next"]) == item);
  CHECK(keys(json["bytes"]) ==
        Names{"origin", "peers", "gateway", "uploaded", "cache", "unverified"});
  CHECK(keys(json["chunks"]) == Names{"verified", "rejected", "held", "total"});
  CHECK(keys(json["problems"][0]) == Names{"text", "since"});
  CHECK(keys(json["stream"]) == Names{"url", "type", "bits_per_second"});
  CHECK(keys(json["map"]) == Names{"cells", "position", "verified"});
  CHECK(keys(json["peer_list"][0]) == Names{"address", "received", "sent", "holds", "banned"});
  CHECK(keys(json["sharing"]) ==
        Names{"enabled", "bits_per_second", "sentence", "can_change", "port_mapping"});
  CHECK(keys(json["sharing"]["port_mapping"]) == Names{"state", "protocol", "port", "why"});
  CHECK(keys(json["reach"]) == Names{"answer", "saying", "why", "open_offers", "neighbours"});
  CHECK(json["item"]["started"] == "2024-01-01T00:00:00Z");
  CHECK(json["reachable"].is_null());

  const auto nothing = nlohmann::ordered_json::parse(status_json(ListenerStatus{}));
  CHECK(keys(nothing) == keys(json));
  CHECK(nothing["item"].is_null());
  CHECK(nothing["map"].is_null());
  CHECK(nothing["problems"].is_array());
  CHECK(nothing["peer_list"].is_array());
}

TEST_CASE("the status tells off, a number and unlimited apart") {
  struct Row {
    std::optional<peer::UploadBudget> upload;
    bool is_on;
    nlohmann::json rate;
  };
  for (const Row& row :
       {Row{std::nullopt, false, nullptr}, Row{peer::UploadBudget(), true, nullptr},
        Row{peer::UploadBudget(512'000), true, 512'000}}) {
    ListenerStatus status;
    status.upload = row.upload;
    const auto sharing = nlohmann::json::parse(status_json(status))["sharing"];
    CHECK(sharing["enabled"] == row.is_on);
    CHECK(sharing["bits_per_second"] == row.rate);
  }
}

TEST_CASE("Icecast's readers find their keys") {
  const auto icecast =
      nlohmann::json::parse(icecast_status_json({hostile_status()}, FakeOnAir::begin));
  CHECK(icecast["icestats"]["source"]["title"].is_string());
  const auto silent =
      nlohmann::json::parse(icecast_status_json({ListenerStatus{}}, FakeOnAir::begin));
  CHECK_FALSE(silent["icestats"].contains("source"));
  const auto two = nlohmann::json::parse(
      icecast_status_json({hostile_status(), hostile_status()}, FakeOnAir::begin));
  CHECK(two["icestats"]["source"].size() == 2);
}

TEST_CASE("several stations have a page each, and each page names the others") {
  ListenerStatus status = hostile_status();
  status.stations = {{"First", "/", true}, {"<b>", "/2/", false}, {"", "/3/", false}};
  const std::string page = status_page(status, "");
  CHECK(page.find("<a href=\"/\" aria-current=\"page\">First</a>") != std::string::npos);
  CHECK(page.find("<a href=\"/2/\">&lt;b&gt;</a>") != std::string::npos);
  CHECK(page.find("<a href=\"/3/\">/3/</a>") != std::string::npos);
  CHECK(status_page(hostile_status(), "").find("<nav") == std::string::npos);
}
