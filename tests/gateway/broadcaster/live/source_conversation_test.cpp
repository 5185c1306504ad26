#include "gateway/broadcaster/live/source_conversation.hpp"

#include "tests/gateway/broadcaster/live/recording_desk.hpp"

#include <string>
#include <string_view>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::broadcaster;
using namespace std::chrono_literals;
using test::RecordingDesk;

namespace {

const std::string mount = "/live";
/// source:correct horse
const std::string right = "Authorization: Basic c291cmNlOmNvcnJlY3QgaG9yc2U=\r\n";
/// source:hackme
const std::string wrong = "Authorization: Basic c291cmNlOmhhY2ttZQ==\r\n";

struct Studio {
  RecordingDesk desk;
  SourceLogin login{"source", "correct horse"};
  Instant now{};
  net::IpAddress client = net::IpAddress::v4(192, 0, 2, 1);

  /// What one connection is answered in all, and whether it is closed; given in steps of `step`.
  SourceConversation::Reaction say(std::string_view bytes, std::size_t step = 1'000'000) {
    SourceConversation conversation({mount, login, desk}, client);
    return say_more(conversation, bytes, step);
  }
  SourceConversation::Reaction say_more(SourceConversation& conversation, std::string_view bytes,
                                        std::size_t step = 1'000'000) {
    SourceConversation::Reaction all;
    while (!bytes.empty() && !all.closes) {
      const auto reaction = conversation.feed(as_bytes(bytes.substr(0, step)), now);
      all.answer += reaction.answer;
      all.closes = reaction.closes;
      bytes.remove_prefix(std::min(step, bytes.size()));
    }
    return all;
  }
};

std::string status_of(const SourceConversation::Reaction& reaction) {
  return reaction.answer.substr(0, reaction.answer.find("\r\n"));
}

}  // namespace

TEST_CASE("a show comes by PUT or SOURCE, in each dialect, and is answered in the same version") {
  struct Case {
    std::string head;
    std::string answer;
  };
  const std::string type = "Content-Type: audio/mpeg\r\nice-name: Late Show\r\n";
  for (const Case& c :
       {Case{"PUT /live HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n", "HTTP/1.1 100 Continue"},
        Case{"PUT /live HTTP/1.1\r\nHost: a\r\n", "HTTP/1.1 200 OK"},
        Case{"SOURCE /live HTTP/1.0\r\n", "HTTP/1.0 200 OK"},
        Case{"SOURCE /live ICE/1.0\r\n", "HTTP/1.0 200 OK"}}) {
    for (const std::size_t step : {1UL, 7UL, 1'000'000UL}) {
      CAPTURE(c.head, step);
      Studio studio;
      SourceConversation conversation({mount, studio.login, studio.desk}, studio.client);
      const auto reaction =
          studio.say_more(conversation, c.head + right + type + "\r\nsound and more", step);
      CHECK(status_of(reaction) == c.answer);
      CHECK_FALSE(reaction.closes);
      CHECK(conversation.is_source());
      CHECK(studio.desk.log == "<audio/mpeg, Late Show>sound and more");
    }
  }
}

TEST_CASE("a source is gone when its connection is") {
  Studio studio;
  (void)studio.say("SOURCE /live ICE/1.0\r\n" + right + "\r\nsound");
  CHECK(studio.desk.log == "<, >sound</>");
}

TEST_CASE("a show of a known length ends with it, and is answered") {
  Studio studio;
  const auto reaction = studio.say("PUT /live HTTP/1.1\r\nHost: a\r\n" + right +
                                   "Expect: 100-continue\r\nContent-Length: 5\r\n\r\nsoundXX");
  CHECK(reaction.closes);
  CHECK(reaction.answer.find("HTTP/1.1 200 OK") != std::string::npos);
  CHECK(studio.desk.log == "<, >sound</>");
}

TEST_CASE("a show that comes in chunks is put together again") {
  for (const std::size_t step : {1UL, 5UL, 1'000'000UL}) {
    Studio studio;
    const auto reaction = studio.say("PUT /live HTTP/1.1\r\nHost: a\r\n" + right +
                                         "Transfer-Encoding: chunked\r\n\r\n" +
                                         "5\r\nsound\r\n4\r\nmore\r\n0\r\n\r\n",
                                     step);
    CHECK(reaction.closes);
    CHECK(studio.desk.log == "<, >soundmore</>");
  }
}

TEST_CASE("what is no chunk ends the show") {
  Studio studio;
  const auto reaction = studio.say("PUT /live HTTP/1.1\r\nHost: a\r\n" + right +
                                   "Transfer-Encoding: chunked\r\n\r\n5\r\nsound\r\nnonsense");
  CHECK(reaction.closes);
  CHECK(studio.desk.log == "<, >sound</>");
}

TEST_CASE("a show that is of no use is closed") {
  Studio studio;
  studio.desk.is_of_use = false;
  const auto reaction = studio.say("SOURCE /live HTTP/1.0\r\n" + right + "\r\nnoise");
  CHECK(reaction.closes);
  CHECK(studio.desk.log == "<, >noise</>");
}

TEST_CASE("without the right name and password nothing is taken") {
  for (const std::string& field :
       {std::string(), wrong, std::string("Authorization: Basic !!!\r\n"),
        std::string("Authorization: Bearer c291cmNlOmNvcnJlY3QgaG9yc2U=\r\n")}) {
    CAPTURE(field);
    Studio studio;
    const auto reaction = studio.say("SOURCE /live HTTP/1.0\r\n" + field + "\r\nsound");
    CHECK(status_of(reaction) == "HTTP/1.0 401 Unauthorized");
    CHECK(reaction.answer.find("WWW-Authenticate: Basic") != std::string::npos);
    CHECK(reaction.closes);
    CHECK(studio.desk.log.empty());
  }
}

TEST_CASE("who gave a wrong password waits ever longer, others do not") {
  Studio studio;
  const std::string head = "SOURCE /live HTTP/1.0\r\n";
  (void)studio.say(head + wrong + "\r\n");
  studio.now += 999ms;
  CHECK(status_of(studio.say(head + right + "\r\n")) == "HTTP/1.0 429 Too Many Requests");
  studio.now += 1ms;
  (void)studio.say(head + wrong + "\r\n");
  studio.now += 1'999ms;
  CHECK(status_of(studio.say(head + right + "\r\n")) == "HTTP/1.0 429 Too Many Requests");
  SECTION("but not somebody else") {
    studio.client = net::IpAddress::v4(192, 0, 2, 2);
    CHECK(status_of(studio.say(head + right + "\r\n")) == "HTTP/1.0 200 OK");
  }
  SECTION("and the right one makes good for it") {
    studio.now += 1ms;
    CHECK(status_of(studio.say(head + right + "\r\n")) == "HTTP/1.0 200 OK");
    (void)studio.say(head + wrong + "\r\n");
    studio.now += 1s;
    CHECK(status_of(studio.say(head + right + "\r\n")) == "HTTP/1.0 200 OK");
  }
  SECTION("a minute at most") {
    for (int i = 0; i < 20; ++i) {
      studio.now += 60s;
      CHECK(status_of(studio.say(head + wrong + "\r\n")) == "HTTP/1.0 401 Unauthorized");
    }
  }
}

TEST_CASE("a second source is told that there is one") {
  Studio studio;
  studio.desk.refusal = SourceDesk::Refusal{403, "Another source is sending already."};
  const auto reaction = studio.say("SOURCE /live HTTP/1.0\r\n" + right + "\r\nsound");
  CHECK(status_of(reaction) == "HTTP/1.0 403 Forbidden");
  CHECK(reaction.answer.find("Another source is sending already.") != std::string::npos);
  CHECK(studio.desk.log.empty());
}

TEST_CASE("a source that asks what there is goes on on the same connection") {
  Studio studio;
  const auto reaction = studio.say(
      "OPTIONS * HTTP/1.1\r\nHost: a\r\nUpgrade: TLS/1.0, HTTP/1.1\r\nConnection: Upgrade\r\n\r\n"
      "PUT /live HTTP/1.1\r\nHost: a\r\n" +
      right + "\r\nsound");
  CHECK(status_of(reaction) == "HTTP/1.1 200 OK");
  CHECK(reaction.answer.find("Allow: OPTIONS, PUT, SOURCE, GET\r\n") != std::string::npos);
  CHECK(studio.desk.log == "<, >sound</>");
}

TEST_CASE("titles come beside the show") {
  Studio studio;
  const std::string tail = " HTTP/1.0\r\n" + right + "\r\n";
  const std::string request = "GET /admin/metadata?mode=updinfo&mount=/live&song=";
  CHECK(status_of(studio.say(request + "A%20%26+B" + tail)) == "HTTP/1.0 200 OK");
  CHECK(studio.desk.log == "[A & B by ]");
  studio.desk.has_source = false;
  CHECK(status_of(studio.say(request + "A" + tail)) == "HTTP/1.0 404 Not Found");
  CHECK(status_of(studio.say("GET /admin/metadata?mode=updinfo&mount=/x&song=A" + tail)) ==
        "HTTP/1.0 404 Not Found");
  CHECK(status_of(studio.say("GET /admin/metadata?mode=other" + tail)) ==
        "HTTP/1.0 400 Bad Request");
  CHECK(status_of(studio.say(request + "A HTTP/1.0\r\n\r\n")) == "HTTP/1.0 401 Unauthorized");
}

TEST_CASE("everything else is answered and closed") {
  struct Case {
    std::string bytes;
    int status;
  };
  for (const Case& c :
       {Case{"GET / HTTP/1.0\r\n\r\n", 404}, Case{"DELETE /live HTTP/1.0\r\n\r\n", 405},
        Case{"SOURCE /other HTTP/1.0\r\n" + right + "\r\n", 404},
        Case{"PUT /live HTTP/2.0\r\n\r\n", 505}, Case{"\x16\x03\x01\r\n\r\n", 400},
        Case{"password\r\nicy-name:x\r\n", 400},
        Case{"PUT /live HTTP/1.0\r\nX: " + std::string(20'000, 'x'), 431}}) {
    CAPTURE(c.bytes.substr(0, 60));
    Studio studio;
    const auto reaction = studio.say(c.bytes);
    CHECK(reaction.closes);
    CHECK(status_of(reaction).substr(9, 3) == std::to_string(c.status));
    CHECK(studio.desk.log.empty());
  }
}
