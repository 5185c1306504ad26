#include "core/curl/client.hpp"
#include "core/tls/server_identity.hpp"
#include "core/uv/http_server.hpp"
#include "tests/loopback/rig/http_parts.hpp"
#include "tests/loopback/rig/loop_rig.hpp"
#include "tests/loopback/rig/raw_socket.hpp"
#include "tests/support/certificate.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/tls_client.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::test;
using namespace std::chrono_literals;

namespace {

const std::string get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

/// Counts what is encrypted.
class CountedChannels final : public uv::SecureChannels {
 public:
  explicit CountedChannels(uv::SecureChannels& channels) : channels_(channels) {}
  std::unique_ptr<uv::SecureChannel> accept() override {
    return std::make_unique<Channel>(*this, channels_.accept());
  }
  [[nodiscard]] std::size_t encrypted_bytes() const { return encrypted_bytes_; }

 private:
  class Channel final : public uv::SecureChannel {
   public:
    Channel(CountedChannels& owner, std::unique_ptr<uv::SecureChannel> channel)
        : owner_(owner), channel_(std::move(channel)) {}
    State receive(ByteView from_network, Bytes& plain) override {
      return channel_->receive(from_network, plain);
    }
    void encrypt(ByteView plain) override {
      owner_.encrypted_bytes_ += plain.size();
      channel_->encrypt(plain);
    }
    void end() override { channel_->end(); }
    Bytes take_output() override { return channel_->take_output(); }

   private:
    CountedChannels& owner_;
    std::unique_ptr<uv::SecureChannel> channel_;
  };

  uv::SecureChannels& channels_;
  std::size_t encrypted_bytes_ = 0;
};

/// A server of https with a certificate of its own.
struct Scene {
  LoopRig rig;
  TemporaryFolder folder;
  Certificate files{folder.path(), "server"};
  tls::ServerIdentity identity{{files.certificate, files.key}};
  CountedChannels channels{identity};
  FunctionHandler::Function answer = [](const http::Request& request, http::Responder& responder) {
    responder.send({{200, {}}, Slice("ok " + request.target + " " + request.body)});
    return std::unique_ptr<http::Exchange>();
  };
  FunctionHandler handler{[this](const http::Request& request, http::Responder& responder) {
    return answer(request, responder);
  }};
  std::optional<uv::HttpServer> server;

  void serve(uv::HttpServerLimits limits = {}) {
    server.emplace(rig.loop, net::Endpoint{net::IpAddress::v4(127, 0, 0, 1), 0}, handler, limits,
                   &channels);
  }
  [[nodiscard]] curl::ClientOptions trusting() const {
    curl::ClientOptions options;
    options.authorities = files.certificate;
    return options;
  }
  [[nodiscard]] http::ClientRequest request_for(const std::string& target) const {
    auto request = request_to(server->endpoint(), target);
    request.url = http::Url::parse("https://" + server->endpoint().text() + target).value();
    return request;
  }
};

/// A TLS client on a socket of its own.
class SecureSocket {
 public:
  explicit SecureSocket(Scene& scene)
      : raw(scene.rig.loop, scene.server->endpoint()), tls(scene.files.certificate) {}
  /// Carries what there is. False, so that it can stand in a condition.
  bool carry() {
    tls.receive(std::string_view(raw.heard()).substr(carried_));
    carried_ = raw.heard().size();
    if (const auto output = tls.output(); !output.empty()) raw.say(output);
    return false;
  }
  void shake_hands(LoopRig& rig) {
    rig.run_until([&] { return carry() || tls.is_ready(); });
    carry();
  }
  void say(std::string_view plain) {
    tls.say(plain);
    carry();
  }

  RawSocket raw;
  TlsClient tls;

 private:
  std::size_t carried_ = 0;
};

}  // namespace

TEST_CASE("requests over TLS are answered, one after the other on one connection") {
  Scene scene;
  std::vector<net::Endpoint> callers;
  scene.answer = [&, plain = scene.answer](const http::Request& request,
                                           http::Responder& responder) {
    callers.push_back(request.remote);
    if (request.target != "/long") return plain(request, responder);
    responder.send({{200, {}}, Slice(std::string(3'000'000, 'x'))});
    return std::unique_ptr<http::Exchange>();
  };
  uv::HttpServerLimits limits;
  limits.request.body_bytes = 100'000;
  scene.serve(limits);
  curl::Client client(scene.rig.loop, scene.trusting());
  for (const std::string target : {"/a", "/long", "/b"}) {
    Recorder recorder;
    auto request = scene.request_for(target);
    if (target == "/b") {
      request.method = "POST";
      request.body = std::string(50'000, 'y');
    }
    recorder.transfer = client.start(std::move(request), recorder);
    scene.rig.run_until([&] { return recorder.finished; });
    REQUIRE_FALSE(recorder.error);
    if (target == "/long") CHECK(recorder.body == std::string(3'000'000, 'x'));
    if (target == "/a") CHECK(recorder.body == "ok /a ");
    if (target == "/b") CHECK(recorder.body == "ok /b " + std::string(50'000, 'y'));
  }
  REQUIRE(callers.size() == 3);
  CHECK(callers[0] == callers[1]);
  CHECK(callers[1] == callers[2]);
}

TEST_CASE("a client that does not know who vouches for the server does not talk to it") {
  Scene scene;
  const Certificate other(scene.folder.path(), "other");
  scene.serve();
  auto options = scene.trusting();
  options.authorities = other.certificate;
  curl::Client client(scene.rig.loop, options);
  Recorder recorder;
  recorder.transfer = client.start(scene.request_for("/"), recorder);
  scene.rig.run_until([&] { return recorder.finished; });
  REQUIRE(recorder.error);
  CHECK_THAT(recorder.error->message, Catch::Contains("certificate"));
}

TEST_CASE("a handshake and the first head together have the time of one head") {
  Scene scene;
  uv::HttpServerLimits limits;
  limits.head_timeout = 300ms;
  limits.idle_timeout = 5s;
  scene.serve(limits);
  const auto begun = scene.rig.loop.now();
  SecureSocket silent(scene);
  RawSocket half_shaken(scene.rig.loop, scene.server->endpoint());
  half_shaken.say(TlsClient(scene.files.certificate).output().substr(0, 50));
  SecureSocket shaken(scene);
  shaken.shake_hands(scene.rig);
  SecureSocket half_asked(scene);
  half_asked.shake_hands(scene.rig);
  half_asked.say("GET / HTTP/1.1\r\n");
  SecureSocket served(scene);
  served.shake_hands(scene.rig);
  served.say(get);

  scene.rig.run_until(
      [&] { return half_shaken.ended() && shaken.raw.ended() && half_asked.raw.ended(); });
  CHECK(scene.rig.loop.now() - begun >= 300ms);
  CHECK(scene.rig.loop.now() - begun < 4s);
  // Who has asked, or not yet begun, has the time of the idle.
  served.carry();
  CHECK_THAT(served.tls.heard(), Catch::Contains("ok /"));
  CHECK_FALSE(served.raw.ended());
  CHECK_FALSE(silent.raw.ended());
  CHECK(half_asked.tls.heard().empty());
}

TEST_CASE("who speaks no TLS is told so in its alert and gets nothing else") {
  Scene scene;
  int asked = 0;
  scene.answer = [&](const http::Request&, http::Responder&) {
    ++asked;
    return std::unique_ptr<http::Exchange>();
  };
  scene.serve();
  const std::string garbage =
      GENERATE(as<std::string>{}, get, std::string(50'000, '\x16'), std::string(600, '\0'));
  RawSocket client(scene.rig.loop, scene.server->endpoint());
  client.say(garbage);
  scene.rig.run_until([&] { return client.ended(); });
  CHECK(client.heard().size() <= 7);
  CHECK_FALSE(client.was_reset());
  client.close();
  scene.rig.run_until([&] { return scene.server->traffic().connections == 0; });
  CHECK(asked == 0);
}

TEST_CASE(
    "a record that is broken during an answer ends the connection and withdraws the request") {
  Scene scene;
  bool asked = false;
  bool destroyed = false;
  scene.answer = [&](const http::Request&, http::Responder&) {
    asked = true;
    auto exchange = std::make_unique<HookedExchange>();
    exchange->destroyed = [&] { destroyed = true; };
    return exchange;
  };
  scene.serve();
  SecureSocket client(scene);
  client.shake_hands(scene.rig);
  client.say(get);
  scene.rig.run_until([&] { return asked; });
  SECTION("broken") {
    client.raw.say(std::string(100, 'x'));
  }
  SECTION("said to be the last") {
    client.tls.end();
    client.carry();
  }
  scene.rig.run_until([&] { return destroyed && client.raw.ended(); });
}

TEST_CASE("who asks for no more connection is told its end, and reads all there was") {
  Scene scene;
  scene.serve();
  SecureSocket client(scene);
  client.shake_hands(scene.rig);
  client.say("GET /last HTTP/1.0\r\n\r\n");
  scene.rig.run_until([&] { return client.carry() || client.tls.has_ended(); });
  CHECK_THAT(client.tls.heard(), Catch::Contains("ok /last"));
}

TEST_CASE("a long answer is encrypted as its reader takes it, and a slow one is cut") {
  Scene scene;
  http::Responder* responder = nullptr;
  constexpr std::size_t length = 60'000'000;
  scene.answer = [&](const http::Request&, http::Responder& to) {
    responder = &to;
    to.begin({200, {}}, length);
    to.write(Slice(Bytes(length, 'x')));
    return std::make_unique<HookedExchange>();
  };
  uv::HttpServerLimits limits;
  limits.slow_reader_timeout = 300ms;
  scene.serve(limits);
  SecureSocket client(scene);
  client.shake_hands(scene.rig);
  client.raw.stop_listening();
  client.say(get);
  scene.rig.run_until([&] { return responder != nullptr; });
  scene.rig.turn();
  CHECK(responder->queued_bytes() > length / 2);
  CHECK(scene.channels.encrypted_bytes() > 0);
  CHECK(scene.channels.encrypted_bytes() < scene.server->traffic().sent_bytes + 100'000);
  scene.rig.run_until([&] { return scene.server->traffic().connections == 0; });
}

TEST_CASE("encrypted input during an answer is bounded, and not lost") {
  Scene scene;
  http::Responder* held = nullptr;
  int answered = 0;
  scene.answer = [&, plain = scene.answer](
                     const http::Request& request,
                     http::Responder& responder) -> std::unique_ptr<http::Exchange> {
    if (!held) {
      held = &responder;
      return std::make_unique<HookedExchange>();
    }
    ++answered;
    return plain(request, responder);
  };
  scene.serve();
  SecureSocket client(scene);
  client.shake_hands(scene.rig);
  client.say(get);
  scene.rig.run_until([&] { return held != nullptr; });
  constexpr int more = 4'000;
  std::string all;
  for (int i = 0; i < more; ++i) all += get;
  client.say(all);
  scene.rig.turn(100);
  // What may wait, and two records more: one half read, one that filled it.
  CHECK(scene.server->traffic().received_bytes < 3 * 17 * 1024);
  held->send({{200, {}}, {}});
  scene.rig.run_until([&] {
    client.carry();
    return answered == more && count(client.tls.heard(), "ok /") == more;
  });
}

TEST_CASE("a good client is served while 500 handshakes stand half open") {
  Scene scene;
  scene.serve();
  const auto hello = TlsClient(scene.files.certificate).output();
  std::vector<std::unique_ptr<RawSocket>> half_open;
  for (std::size_t i = 0; i < 500; ++i) {
    auto& socket =
        *half_open.emplace_back(RawSocket::connecting(scene.rig.loop, scene.server->endpoint()));
    if (i % 2 == 0) socket.say(std::string_view(hello).substr(0, i % 4 == 0 ? 40 : hello.size()));
  }
  scene.rig.run_until([&] { return scene.server->traffic().connections == 500; });
  curl::Client client(scene.rig.loop, scene.trusting());
  Recorder recorder;
  recorder.transfer = client.start(scene.request_for("/"), recorder);
  scene.rig.run_until([&] { return recorder.finished; });
  CHECK_FALSE(recorder.error);
  CHECK(recorder.body == "ok / ");
}

TEST_CASE("the server may be brought down while handshakes and answers are under way") {
  Scene scene;
  scene.answer = [&](const http::Request&, http::Responder& responder) {
    responder.begin({200, {}}, std::nullopt);
    responder.write(Slice(std::string(1'000'000, 'x')));
    scene.server.reset();
    return std::unique_ptr<http::Exchange>();
  };
  scene.serve();
  SecureSocket shaking(scene);
  shaking.carry();
  SecureSocket client(scene);
  client.shake_hands(scene.rig);
  client.say(get);
  scene.rig.run_until([&] { return client.raw.ended() && shaking.raw.ended(); });
  CHECK_FALSE(scene.server);
}
