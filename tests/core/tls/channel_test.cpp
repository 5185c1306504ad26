#include "core/tls/server_identity.hpp"
#include "tests/support/certificate.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/tls_client.hpp"

#include <memory>
#include <string>

#include <catch2/catch.hpp>
#include <openssl/ssl.h>

using namespace alluvium;
using namespace alluvium::test;
using State = uv::SecureChannel::State;

namespace {

/// A server that can be spoken to.
struct Scene {
  TemporaryFolder folder;
  Certificate first{folder.path(), "first"};
  tls::ServerIdentity identity{{first.certificate, first.key}};
  std::unique_ptr<uv::SecureChannel> server = identity.accept();
  Bytes heard;  ///< By the server.
  State state = State::shaking_hands;

  /// Carries bytes to and fro, `step` at a time, until nobody has anything to say.
  void talk(TlsClient& client, std::size_t step = 100'000) {
    while (true) {
      const std::string there = client.output();
      for (std::size_t at = 0; at < there.size(); at += step) {
        state = server->receive(as_bytes(std::string_view(there).substr(at, step)), heard);
      }
      const Bytes back = server->take_output();
      for (std::size_t at = 0; at < back.size(); at += step) {
        client.receive(as_text(back).substr(at, step));
      }
      if (there.empty() && back.empty()) return;
    }
  }
};

}  // namespace

TEST_CASE("what one side says the other hears, however the network cuts it") {
  const std::size_t step = GENERATE(1, 7, 100'000);
  const int newest = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
  CAPTURE(step, newest);
  Scene scene;
  TlsClient client(scene.first.certificate, {newest, "\x02h2\x08http/1.1"});
  scene.talk(client, step);
  REQUIRE(client.failure() == "");
  CHECK(scene.state == State::open);
  CHECK(client.server_name() == "first");

  const std::string question(20'000, 'q');
  client.say(question);
  scene.talk(client, step);
  CHECK(as_text(scene.heard) == question);
  const std::string answer(50'000, 'a');
  scene.server->encrypt(as_bytes(answer));
  scene.server->encrypt(as_bytes("!"));
  scene.talk(client, step);
  CHECK(client.heard() == answer + "!");

  scene.server->end();
  scene.talk(client, step);
  CHECK(client.has_ended());
  client.end();
  scene.talk(client, step);
  CHECK(scene.state == State::ended);
}

TEST_CASE("old versions and foreign protocols are refused, and the client is told") {
  Scene scene;
  std::unique_ptr<TlsClient> client;
  SECTION("TLS 1.1") {
    client = std::make_unique<TlsClient>(scene.first.certificate, TlsManners{TLS1_1_VERSION, {}});
  }
  SECTION("nothing but HTTP/2") {
    client = std::make_unique<TlsClient>(scene.first.certificate, TlsManners{0, "\x02h2"});
  }
  scene.talk(*client);
  CHECK(scene.state == State::failed);
  CHECK_THAT(client->failure(), Catch::Contains("alert"));
}

TEST_CASE("bytes that are no TLS fail without being heard, and so does everything after them") {
  const std::string garbage = GENERATE(
      as<std::string>{}, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", std::string(40'000, '\0'),
      std::string("\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00", 10), std::string(1'000, '\xff'));
  Scene scene;
  Bytes heard;
  CHECK(scene.server->receive(as_bytes(garbage), heard) == State::failed);
  TlsClient client(scene.first.certificate);
  CHECK(scene.server->receive(as_bytes(client.output()), heard) == State::failed);
  scene.server->encrypt(as_bytes("x"));
  scene.server->end();
  CHECK(heard.empty());
}

TEST_CASE("a record that was changed on its way is not heard") {
  Scene scene;
  TlsClient client(scene.first.certificate);
  scene.talk(client);
  client.say("question");
  std::string record = client.output();
  record.back() = static_cast<char>(record.back() ^ 1);
  Bytes heard;
  CHECK(scene.server->receive(as_bytes(record), heard) == State::failed);
  CHECK(heard.empty());
}

TEST_CASE("a new certificate is shown to who comes after, and harms nobody who was there") {
  Scene scene;
  TlsClient before(scene.first.certificate);
  scene.talk(before);
  const Certificate second(scene.folder.path(), "second");
  overwrite(scene.first.certificate, contents_of(second.certificate));
  overwrite(scene.first.key, contents_of(second.key));
  REQUIRE(scene.identity.reload());

  before.say("still there");
  scene.talk(before);
  CHECK(as_text(scene.heard) == "still there");
  scene.server = scene.identity.accept();
  TlsClient after(second.certificate);
  scene.talk(after);
  CHECK(after.is_ready());
  CHECK(after.server_name() == "second");
}

TEST_CASE("files that cannot be used are named in one sentence, and the identity stays") {
  Scene scene;
  const Certificate second(scene.folder.path(), "second");
  std::filesystem::path culprit = scene.first.certificate;
  SECTION("a certificate that is none") {
    overwrite(scene.first.certificate, "nonsense");
  }
  SECTION("no certificate at all") {
    std::filesystem::remove(scene.first.certificate);
  }
  SECTION("a key of another certificate") {
    overwrite(scene.first.key, contents_of(second.key));
    culprit = scene.first.key;
  }
  SECTION("a key that is half written") {
    overwrite(scene.first.key, contents_of(second.key).substr(0, 60));
    culprit = scene.first.key;
  }
  SECTION("a certificate in the place of the key") {
    overwrite(scene.first.key, contents_of(scene.first.certificate));
    culprit = scene.first.key;
  }
  const auto reloaded = scene.identity.reload();
  REQUIRE_FALSE(reloaded);
  CHECK_THAT(reloaded.error().message, Catch::StartsWith(culprit.string() + " cannot be used"));
  CHECK(reloaded.error().message.find('\n') == std::string::npos);
  CHECK_THROWS_WITH((tls::ServerIdentity{{scene.first.certificate, scene.first.key}}),
                    reloaded.error().message);

  TlsClient client = TlsClient(second.certificate);
  scene.server = scene.identity.accept();
  scene.talk(client);
  CHECK(client.failure() == "certificate verify failed");
}
