#include "core/swarm/run_fetch.hpp"

#include "core/http/range.hpp"
#include "tests/support/fake_network.hpp"
#include "tests/support/media_sample.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::test;
using std::chrono::milliseconds;
using std::chrono::seconds;
using swarm::RunEnd;
using swarm::RunFetch;
using swarm::RunRequest;

namespace {

constexpr std::uint32_t file_chunks = 10;
constexpr hash::ChunkRun asked{{2}, {6}};
const char* const server = "http://10.0.0.1:2000";

const MediaSample& song() {
  static const MediaSample sample = MediaSample::of_chunks(file_chunks);
  return sample;
}

ByteRange asked_bytes() {
  return song().row->layout().bytes_of(asked);
}

/// The right answer to a request for `asked`.
Script right_answer() {
  Script script;
  script.status = 206;
  script.headers.add("Content-Range",
                     http::format_content_range(asked_bytes(), song().bytes.size()));
  script.body = song().part(asked_bytes());
  return script;
}

RunRequest to_peer() {
  RunRequest request;
  request.url = *http::Url::parse(std::string(server) + "/uri-res/N2R?" + song().root().urn());
  request.rules = net::AddressRules::everything();
  request.run = asked;
  request.length = song().bytes.size();
  request.row = song().row;
  request.peer = net::Endpoint{net::IpAddress::v4(10, 0, 0, 1), 2'000};
  request.stall_timeout = seconds(3);
  return request;
}

RunRequest to_origin() {
  RunRequest request = to_peer();
  request.peer.reset();
  request.stall_timeout = seconds(10);
  return request;
}

/// One fetch and all it tells; destroys it when it ends, as its owners do.
class Fetched final : private swarm::RunObserver {
 public:
  explicit Fetched(const Script& script, const RunRequest& request = to_peer())
      : Fetched([&](FakeNetwork& network) { network.serve(server, script); }, request) {}
  Fetched(const std::function<void(FakeNetwork&)>& set_up, const RunRequest& request) {
    set_up(network_);
    RunObserver& observer = *this;
    fetch_ = std::make_unique<RunFetch>(network_, time_, request, observer);
    CHECK(heads == 0);
    time_.run_for(seconds(60));
    CHECK(network_.open_transfers() == 0);
  }

  std::optional<RunEnd> end;
  std::string why;
  std::string drawing = std::string(file_chunks, '.');
  std::optional<store::ChunkMap> availability;
  std::optional<std::uint64_t> length;
  int heads = 0;
  Duration took{};

  [[nodiscard]] const http::ClientRequest& sent() const {
    return network_.requests().at(0).request;
  }

 private:
  void on_run_head(RunFetch& fetch) override {
    ++heads;
    availability = fetch.availability();
  }
  void on_run_chunk(RunFetch&, hash::ChunkIndex index, Slice chunk) override {
    drawing.at(index.value) = song().is_chunk(index.value, chunk.view()) ? '#' : 'X';
  }
  void on_run_ended(RunFetch& fetch, RunEnd how, const std::string& text) override {
    CHECK_FALSE(end);
    end = how;
    why = text;
    length = fetch.length();
    took = time_.now() - fetch.asked_at();
    fetch_.reset();
  }

  VirtualTime time_;
  FakeNetwork network_{time_};
  std::unique_ptr<RunFetch> fetch_;
};

}  // namespace

namespace Catch {
template <>
struct StringMaker<std::optional<RunEnd>> {
  static std::string convert(const std::optional<RunEnd>& end) {
    if (!end) return "no end";
    constexpr const char* names[] = {"complete",   "short_body",  "not_held",
                                     "gone",       "unreachable", "malformed",
                                     "other_file", "false_chunk", "forbidden"};
    return names[static_cast<int>(*end)];
  }
};
}  // namespace Catch

TEST_CASE("a run is asked for by one Range request and comes chunk by chunk") {
  const Fetched fetched(right_answer());
  CHECK(fetched.sent().headers.find("Range") == "bytes=32768-98303");
  CHECK(fetched.sent().max_redirects == 0);
  CHECK(fetched.drawing == "..####....");
  CHECK(fetched.end == RunEnd::complete);
}

TEST_CASE("the last chunk is short, and an empty file has one as well") {
  RunRequest last = to_peer();
  last.run = {{9}, {10}};
  Script script;
  script.status = 206;
  script.headers.add("Content-Range", "bytes 147456-147555/147556");
  script.body = song().bytes.substr(147'456);
  CHECK(Fetched(script, last).drawing == ".........#");

  const MediaSample empty(0);
  RunRequest nothing = to_origin();
  nothing.run = {{0}, {1}};
  nothing.length = 0;
  nothing.row = empty.row;
  const Fetched fetched(Script{}, nothing);
  CHECK_FALSE(fetched.sent().headers.has("Range"));
  CHECK(fetched.end == RunEnd::complete);
  nothing.row = song().row;
  CHECK(Fetched(Script{}, nothing).end == RunEnd::false_chunk);
}

TEST_CASE("it does not matter how the network cuts the bytes") {
  for (const std::size_t piece : {1, 7, 100, 16'383, 16'384, 16'385, 40'000, 65'536}) {
    CAPTURE(piece);
    Script script = right_answer();
    script.piece_bytes = piece;
    script.between_pieces = std::chrono::microseconds(1);
    const Fetched fetched(script);
    CHECK(fetched.drawing == "..####....");
    CHECK(fetched.end == RunEnd::complete);
  }
}

TEST_CASE("a peer's answer may be shorter than asked if it ends with a chunk") {
  Script script = right_answer();
  script.headers.set("Content-Range", "bytes 32768-65535/147556");
  script.body.resize(32'768);
  const Fetched fetched(script);
  CHECK(fetched.drawing == "..##......");
  CHECK(fetched.end == RunEnd::complete);
}

TEST_CASE("a server that answers wrong in many ways is never believed") {
  struct Case {
    const char* what;
    std::function<void(Script&)> spoil;
    RunEnd end;
    const char* drawing = "..........";
  };
  const auto range = [](const char* value) {
    return [value](Script& s) { s.headers.set("Content-Range", value); };
  };
  const auto status = [](int code) { return [code](Script& s) { s.status = code; }; };
  const Case cases[] = {
      {"200 for a part", status(200), RunEnd::malformed},
      {"204", status(204), RunEnd::malformed},
      {"a redirect to somewhere else",
       [](Script& s) {
         s.status = 302;
         s.headers.add("Location", "http://10.0.0.9/");
       },
       RunEnd::malformed},
      {"400", status(400), RunEnd::malformed},
      {"404", status(404), RunEnd::gone},
      {"410", status(410), RunEnd::gone},
      {"416", status(416), RunEnd::other_file},
      {"500", status(500), RunEnd::malformed},
      {"503", status(503), RunEnd::not_held},
      {"no Content-Range", [](Script& s) { s.headers = {}; }, RunEnd::malformed},
      {"an unknown total", range("bytes 32768-98303/*"), RunEnd::malformed},
      {"another unit", range("chunks 32768-98303/147556"), RunEnd::malformed},
      {"ends before it begins", range("bytes 98303-32768/147556"), RunEnd::malformed},
      {"beyond its own total", range("bytes 32768-98303/90000"), RunEnd::malformed},
      {"numbers that overflow", range("bytes 32768-98303/18446744073709699172"), RunEnd::malformed},
      {"a longer file", range("bytes 32768-98303/147557"), RunEnd::other_file},
      {"a shorter file", range("bytes 32768-98303/98304"), RunEnd::other_file},
      {"an earlier part", range("bytes 16384-81919/147556"), RunEnd::malformed},
      {"a later part", range("bytes 49152-114687/147556"), RunEnd::malformed},
      {"one byte off", range("bytes 32769-98304/147556"), RunEnd::malformed},
      {"more than asked", range("bytes 32768-114687/147556"), RunEnd::malformed},
      {"an end inside a chunk",
       [](Script& s) {
         s.headers.set("Content-Range", "bytes 32768-65536/147556");
         s.body.resize(32'769);
       },
       RunEnd::malformed},
      {"no length", [](Script& s) { s.says_length = false; }, RunEnd::malformed},
      {"another length", [](Script& s) { s.headers.add("Content-Length", "65535"); },
       RunEnd::malformed},
      {"two lengths",
       [](Script& s) {
         s.headers.add("Content-Length", "65536");
         s.headers.add("Content-Length", "65537");
       },
       RunEnd::malformed},
      {"a length that is none", [](Script& s) { s.headers.add("Content-Length", "+65536"); },
       RunEnd::malformed},
      {"an encoding", [](Script& s) { s.headers.add("Content-Encoding", "gzip"); },
       RunEnd::malformed},
      {"nonsense about what it has", [](Script& s) { s.headers.add("X-Available-Ranges", "lots"); },
       RunEnd::malformed},
      {"a false first chunk", [](Script& s) { s.body[5] ^= 1; }, RunEnd::false_chunk},
      {"a false third chunk", [](Script& s) { s.body[2 * 16'384] ^= 1; }, RunEnd::false_chunk,
       "..##......"},
      {"a false last bit", [](Script& s) { s.body.back() ^= 1; }, RunEnd::false_chunk,
       "..###....."},
      {"bytes shifted by one",
       [](Script& s) { s.body = song().bytes.substr(asked_bytes().begin + 1, s.body.size()); },
       RunEnd::false_chunk},
      {"another file's bytes", [](Script& s) { s.body = MediaSample(s.body.size(), 99).bytes; },
       RunEnd::false_chunk},
      {"nothing at all after the head",
       [](Script& s) {
         s.end_after = 0;
         s.end = Script::End::reset;
       },
       RunEnd::unreachable},
      {"an end without a chunk", [](Script& s) { s.end_after = 16'383; }, RunEnd::unreachable},
      {"an end inside the second chunk", [](Script& s) { s.end_after = 20'000; },
       RunEnd::short_body, "..#......."},
      {"a reset between chunks",
       [](Script& s) {
         s.end_after = 32'768;
         s.end = Script::End::reset;
       },
       RunEnd::short_body, "..##......"},
      {"a stall inside the second chunk",
       [](Script& s) {
         s.end_after = 20'000;
         s.end = Script::End::stall;
       },
       RunEnd::unreachable, "..#......."},
  };
  for (const auto& c : cases) {
    CAPTURE(c.what);
    Script script = right_answer();
    c.spoil(script);
    const Fetched fetched(script);
    CHECK(fetched.end == c.end);
    CHECK(fetched.drawing == c.drawing);
    CHECK_FALSE(fetched.why.empty());
  }
}

TEST_CASE("bytes beyond the answer are never taken") {
  Script script = right_answer();
  script.body += song().part({98'304, 114'688});
  script.headers.add("Content-Length", "65536");
  CHECK(Fetched(script).drawing == "..####....");
}

TEST_CASE("a peer that says nothing is given up in seconds") {
  const Fetched hanging([](FakeNetwork& network) { network.hang(server); }, to_peer());
  CHECK(hanging.end == RunEnd::unreachable);
  CHECK(hanging.took <= seconds(3));
  const Fetched refusing([](FakeNetwork&) {}, to_peer());
  CHECK(refusing.end == RunEnd::unreachable);
  RunRequest request = to_peer();
  request.rules = net::AddressRules::public_only();
  CHECK(Fetched(right_answer(), request).end == RunEnd::forbidden);
}

TEST_CASE("what a peer has is what it says, or everything if it answers without saying") {
  const struct {
    int status;
    const char* says;
    const char* drawing;
  } cases[] = {
      {206, nullptr, "##########"},
      {206, "bytes 32768-98303", "..####...."},
      {206, "bytes 0-16383,131072-147555", "#.......##"},
      {503, "none", ".........."},
      {503, "bytes 0-16383", "#........."},
      {503, nullptr, "unknown"},
      {404, nullptr, "unknown"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.status, c.says);
    Script script = right_answer();
    script.status = c.status;
    if (c.says != nullptr) script.headers.add("X-Available-Ranges", c.says);
    const Fetched fetched(script);
    CHECK((fetched.availability ? fetched.availability->drawing() : "unknown") == c.drawing);
  }
}

TEST_CASE("an origin that cannot send parts is read from the beginning") {
  Script script;
  script.body = song().bytes;
  SECTION("with a length") {}
  SECTION("without one") {
    script.says_length = false;
  }
  const Fetched fetched(script, to_origin());
  CHECK(fetched.end == RunEnd::complete);
  CHECK(fetched.drawing == "##########");
}

TEST_CASE("an origin's answer is checked as strictly, but for where it ends") {
  Script shorter = right_answer();
  shorter.headers.set("Content-Range", "bytes 32768-50000/147556");
  shorter.body.resize(50'001 - 32'768);
  const Fetched fetched(shorter, to_origin());
  CHECK(fetched.drawing == "..#.......");
  CHECK(fetched.end == RunEnd::short_body);

  Script page;
  page.body = "<html>not found, but 200 all the same</html>";
  CHECK(Fetched(page, to_origin()).end == RunEnd::other_file);
  page.says_length = false;
  CHECK(Fetched(page, to_origin()).end == RunEnd::unreachable);
  Script endless;
  endless.says_length = false;
  endless.body = song().bytes + "x";
  CHECK(Fetched(endless, to_origin()).end == RunEnd::malformed);
}

TEST_CASE("an origin may send us elsewhere") {
  const Fetched fetched(
      [](FakeNetwork& network) {
        Script redirect;
        redirect.status = 302;
        redirect.headers.add("Location", "http://10.0.0.9:80/elsewhere");
        network.serve(server, redirect);
        network.serve("http://10.0.0.9", right_answer());
      },
      to_origin());
  CHECK(fetched.drawing == "..####....");
}

TEST_CASE("without a tree the length is the origin's word and nothing is verified") {
  RunRequest request = to_origin();
  request.row.reset();
  request.length.reset();
  Script script = right_answer();
  script.body[0] ^= 1;
  const Fetched fetched(script, request);
  CHECK(fetched.drawing == "..X###....");
  CHECK(fetched.length == song().bytes.size());

  Script huge = right_answer();
  huge.headers.set("Content-Range", "bytes 32768-98303/17179869185");
  CHECK(Fetched(huge, request).end == RunEnd::other_file);
  Script unknown;
  unknown.body = song().bytes;
  unknown.says_length = false;
  CHECK(Fetched(unknown, request).end == RunEnd::malformed);
  Script whole;
  whole.body = song().bytes;
  CHECK(Fetched(whole, request).drawing == "##########");
}
