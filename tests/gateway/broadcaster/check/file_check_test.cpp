#include "gateway/broadcaster/check/file_check.hpp"

#include "core/hash/tree.hpp"
#include "core/media/file_facts.hpp"
#include "core/media/silence.hpp"
#include "gateway/broadcaster/check/playlist_check.hpp"
#include "gateway/broadcaster/check/report_text.hpp"

#include <map>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace alluvium;
using namespace alluvium::broadcaster;
using namespace std::chrono_literals;

namespace {

/// A web server of one test's own, without a network.
class FakeWeb final : public Web {
 public:
  struct Document {
    std::string bytes;
    http::Headers headers;
    int status = 200;
    bool knows_ranges = true;
    bool knows_head = true;
  };
  std::map<std::string, Document> documents;
  std::vector<std::string> asked;

  http::Fetch::Result ask(http::ClientRequest request) override {
    asked.push_back(request.method + " " + request.url.text());
    http::WholeResponse response;
    response.head.url = request.url;
    const auto found = documents.find(request.url.text());
    if (found == documents.end()) {
      response.head.status = 404;
      return response;
    }
    const Document& document = found->second;
    response.head.status = document.status;
    response.head.headers = document.headers;
    response.head.headers.add("Content-Length", std::to_string(document.bytes.size()));
    if (request.method == "HEAD") {
      if (!document.knows_head) response.head.status = 405;
      return response;
    }
    response.body = document.bytes;
    const auto range = request.headers.find("Range");
    if (range && document.knows_ranges) {
      const auto dash = range->find('-');
      const auto first = std::stoul(std::string(range->substr(6, dash - 6)));
      const auto last = std::stoul(std::string(range->substr(dash + 1)));
      response.head.status = 206;
      response.body = response.body.substr(first, last + 1 - first);
    }
    if (response.body.size() > request.max_body_bytes) {
      return http::TransferError{http::TransferFailure::too_large, "it is too long"};
    }
    return response;
  }
  Result<media::FileFacts> scan(const http::Url& url) override {
    const auto found = documents.find(url.text());
    if (found == documents.end()) return Error{"the origin answered with status 404"};
    media::FileFacts facts;
    hash::TreeBuilder tree;
    tree.update(as_bytes(found->second.bytes));
    facts.root = tree.finish().root();
    facts.duration = 60s;
    return facts;
  }
};

/// A file of MPEG frames with its sidecars, as an item and on the web.
struct Scene {
  FakeWeb web;
  playlist::Item item;
  std::string url = "http://me.example/a.mp3";
  WallTime at{std::chrono::hours(500'000)};

  Scene() {
    std::string bytes;
    while (bytes.size() < 100'000) bytes += as_text(media::silent_mpeg_frame());
    hash::TreeBuilder tree;
    tree.update(as_bytes(bytes));
    const hash::LeafRow row = tree.finish();
    item.url = http::Url::parse(url).value();
    item.title = "A";
    item.type = "audio/mpeg";
    item.duration = 60s;
    item.length = bytes.size();
    item.root = row.root();
    media::FileFacts facts;
    facts.length = bytes.size();
    facts.duration = 60s;
    web.documents[url + ".thex"].bytes = as_text(row.raw());
    web.documents[url + ".thex.json"].bytes = media::to_json(facts);
    web.documents[url].bytes = bytes;
    web.documents[url].headers.add("Content-Type", "audio/mpeg");
  }
  CheckedFile check(FileCheckOptions options = {}) { return check_file(item, at, options, web); }
  /// `kind: sentence`, one a line, without the file's name.
  std::string found(FileCheckOptions options = {}) {
    std::string text;
    for (const Finding& finding : check(options).findings) {
      CHECK(finding.at == at);
      CHECK(finding.url == url);
      text += (finding.severity == Severity::problem ? "" : "(doubt) ") + finding.kind + ": " +
              finding.sentence.substr(4) + "\n";
    }
    return text;
  }
};

}  // namespace

TEST_CASE("a file that is as the playlist says has nothing wrong with it") {
  Scene scene;
  const CheckedFile checked = scene.check({.has_gateway = false, .reads_whole = true});
  CHECK(checked.findings.empty());
  CHECK(checked.type == "audio/mpeg");
  CHECK(checked.sample_rate == 44'100);
  // Three chunks of it are enough.
  CHECK(scene.web.asked.size() == 6);
}

TEST_CASE("what is wrong with a file is said") {
  Scene scene;
  auto& file = scene.web.documents[scene.url];
  SECTION("it is not there") {
    file.status = 404;
    CHECK(scene.found() ==
          "missing: cannot be had: its server answers 404 (there is no such file)\n");
    CHECK(scene.web.asked.size() == 1);
  }
  SECTION("its server knows no ranges") {
    file.knows_ranges = false;
    CHECK_THAT(scene.found(), Catch::StartsWith("ranges: is only served as a whole"));
  }
  SECTION("it has another length") {
    file.bytes.pop_back();
    CHECK_THAT(scene.found(), Catch::StartsWith("changed: has 100320 bytes at the origin") ||
                                  Catch::Contains("bytes at the origin, and the playlist says"));
  }
  SECTION("it has the same length and other bytes, at either end or in the middle") {
    for (const std::size_t place :
         {std::size_t{5'000}, file.bytes.size() / 2, file.bytes.size() - 5}) {
      CAPTURE(place);
      file.bytes[place] ^= 1;
      CHECK_THAT(scene.found(), Catch::StartsWith("changed: has other bytes at the origin"));
      file.bytes[place] ^= 1;
    }
  }
  SECTION("it has other bytes elsewhere, which only all of it shows") {
    file.bytes[20'000] ^= 1;
    CHECK(scene.found().empty());
    CHECK_THAT(scene.found({.has_gateway = false, .reads_whole = true}),
               Catch::StartsWith("changed: is another file at the origin"));
  }
  SECTION("its leaf row is missing, which a gateway makes up for") {
    scene.web.documents.erase(scene.url + ".thex");
    CHECK_THAT(scene.found(), Catch::StartsWith("tree: has no .thex beside it"));
    CHECK(scene.found({.has_gateway = true, .reads_whole = false}).empty());
  }
  SECTION("its leaf row is of another file") {
    scene.web.documents[scene.url + ".thex"].bytes[7] ^= 1;
    CHECK_THAT(scene.found(), Catch::StartsWith("tree: has a .thex beside it that is not of the"));
    scene.web.documents[scene.url + ".thex"].bytes += std::string(32, 'x');
    CHECK_THAT(scene.found(), Catch::StartsWith("tree: has a .thex beside it that is of another"));
  }
  SECTION("its duration is another one") {
    scene.item.duration = 90s;
    CHECK_THAT(scene.found(), Catch::StartsWith("duration: lasts 1:00 as its .thex.json says, and "
                                                "the playlist says 1:30"));
    scene.web.documents.erase(scene.url + ".thex.json");
    CHECK(scene.found().empty());
    CHECK_THAT(scene.found({.has_gateway = false, .reads_whole = true}),
               Catch::StartsWith("duration: lasts 1:00, and the playlist says 1:30"));
  }
  SECTION("it is served as something else") {
    file.headers.set("Content-Type", "text/html; charset=utf-8");
    CHECK_THAT(scene.found(), Catch::StartsWith("type: is served as a web page"));
    file.headers.set("Content-Type", "application/octet-stream");
    CHECK_THAT(scene.found(), Catch::StartsWith("(doubt) type: is served as application/octet-"));
    file.headers.set("Content-Type", "audio/ogg");
    CHECK_THAT(scene.found(), Catch::StartsWith("(doubt) type: is served as audio/ogg, and the"));
    file.headers.set("Content-Type", "audio/mp3");
    CHECK(scene.found().empty());
  }
}

TEST_CASE("a server that knows no HEAD is asked for the file all the same") {
  Scene scene;
  scene.web.documents[scene.url].knows_head = false;
  CHECK(scene.found().empty());
  scene.web.documents[scene.url].bytes[5] ^= 1;
  CHECK_THAT(scene.found(), Catch::StartsWith("changed"));
}

TEST_CASE("the sample rate is told by the sound itself") {
  std::string vorbis("OggS....", 8);
  vorbis += std::string("\x01vorbis\0\0\0\0\x02\x80\xbb\0\0", 16);
  CHECK(sample_rate_of(as_bytes(vorbis)) == 48'000);
  CHECK(sample_rate_of(as_bytes("OggS....OpusHead")) == 48'000);
  std::string flac = "OggS....\x7f";
  flac += "FLAC" + std::string(22, '\0') + std::string("\x0a\xc4\x42\xf0", 4);
  CHECK(sample_rate_of(as_bytes(flac)) == 44'100);
  CHECK(sample_rate_of(as_bytes("no sound at all")) == 0);
  CHECK(sample_rate_of({}) == 0);
}

TEST_CASE("a playlist that cannot be had or read is said") {
  FakeWeb web;
  const auto said = [&] {
    Findings findings;
    CHECK_FALSE(read_station("http://me.example/p.rss", web, findings));
    return findings.back().sentence;
  };
  CHECK(said() == "the playlist cannot be had: the server answers 404 (there is no such file)");
  web.documents["http://me.example/p.rss"].bytes = "<rdf:RDF>\n<channel>";
  CHECK_THAT(said(), Catch::StartsWith("the playlist"));
  Findings findings;
  CHECK_FALSE(read_station("/no/such/file", web, findings));
  CHECK(findings.back().sentence == "/no/such/file cannot be read");
}

TEST_CASE("a gateway that does not know the station is said") {
  Scene scene;
  const auto gateway = http::Url::parse("http://gw.example:8080").value();
  const std::string lookup =
      "http://gw.example:8080/gateway/head?uri=http%3A%2F%2Fme.example%2Fa.mp3";
  const auto said = [&] {
    Findings findings;
    check_gateway(gateway, scene.item, scene.web, findings);
    return findings.empty() ? "" : findings.back().sentence;
  };
  CHECK_THAT(said(), Catch::Contains("does not know the station's files: start it with --station"));
  auto& answer = scene.web.documents[lookup];
  answer.headers.add("X-Content-URN", scene.item.root->urn());
  CHECK(said().empty());
  answer.headers.set("X-Content-URN", hash::TreeRoot{}.urn());
  CHECK_THAT(said(), Catch::Contains("has seen another file"));
  answer.status = 202;
  CHECK(said().empty());
  answer.status = 503;
  CHECK_THAT(said(), Catch::Contains("answers 503 (it is out of order)"));
}

TEST_CASE("of one kind of finding ten are told, and how many there are more") {
  StationReport report{.station = "p.rss", .title = "R", .checked_at = {}};
  report.until = WallTime(std::chrono::hours(500'000));
  report.files = 12;
  for (int i = 0; i < 12; ++i) {
    report.findings.push_back(
        {Severity::problem, "missing", report.until, "http://x/", "it is gone"});
  }
  report.findings.push_back({Severity::doubt, "type", std::nullopt, {}, "it is odd"});
  const Zone utc = *Zone::find("UTC");
  const std::string text = report_text(report, utc);
  CHECK_THAT(text,
             Catch::StartsWith("Problem: Fri 2027-01-15 08:00:00 UTC: it is gone (http://x/)\n"));
  CHECK_THAT(text,
             Catch::EndsWith("Doubt: It is odd\nAnd 2 more of the kind \"missing\", which --json "
                             "tells\n12 problems: 12 files, until Fri 2027-01-15 08:00:00 "
                             "UTC, 1 doubt\n"));
  CHECK(nlohmann::json::parse(report_json(report, utc)).at("findings").size() == 13);
}
