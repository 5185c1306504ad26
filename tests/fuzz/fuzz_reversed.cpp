// What comes over a connection that somebody else opened: the offer, then answers to what we ask.

#include "core/http/connection_client.hpp"
#include "core/http/request_parser.hpp"
#include "core/reverse/handshake.hpp"
#include "core/reverse/token.hpp"
#include "tests/fuzz/require.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

using namespace alluvium;
using fuzz::require;

namespace {

/// Time stands still, and timers never fire.
class NoTime final : public Clock, public Timers {
  struct NoTimer final : Timer {
    void arm(Duration) override {}
    void disarm() override {}
  };
  Instant now() const override { return Instant{std::chrono::hours(1)}; }
  WallTime wall_now() const override { return {}; }
  std::unique_ptr<Timer> make_timer(std::function<void()>) override {
    return std::make_unique<NoTimer>();
  }
};

class Sink final : public http::ByteSink {
 public:
  bool is_closed = false;
  void write(Slice) override { require(!is_closed); }
  void close() override { is_closed = true; }
};

class Counting final : public http::TransferObserver {
 public:
  static constexpr std::uint64_t most_bytes = 1'000;
  std::uint64_t bytes = 0;
  int heads = 0;
  int ends = 0;
  bool on_head(const http::ClientResponse& head) override {
    require(ends == 0 && ++heads == 1);
    require(head.status >= 101 && head.status <= 599);
    return true;
  }
  bool on_body(ByteView part) override {
    require(heads == 1 && ends == 0);
    require((bytes += part.size()) <= most_bytes);
    return true;
  }
  void on_finished(std::optional<http::TransferError> error) override {
    require(++ends == 1);
    require(error || heads == 1);
  }
};

void read_offer(std::string_view text) {
  http::RequestParser parser({});
  if (parser.feed(as_bytes(text)).outcome != http::RequestParser::Outcome::complete) return;
  const auto token = reverse::offered_token(parser.take_request());
  if (!token) return;
  reverse::TokenCheck check;
  check.set_key({}, {}, {});
  // Nobody has the key but the gateway, and this one nobody wrote.
  require(!check.admit(*token, {}));
}

void read_answers(std::string_view text) {
  NoTime time;
  Sink sink;
  http::ConnectionClient client(sink, time, time, {});
  Counting first;
  Counting second;
  http::ClientRequest request;
  request.url = *http::Url::parse("http://192.0.2.1:7000/uri-res/N2R?x");
  request.max_body_bytes = Counting::most_bytes;
  auto one = client.start(request, first);
  request.method = "HEAD";
  auto other = client.start(request, second);
  // In pieces, so that what is cut anywhere is seen as well.
  const std::size_t piece = text.empty() ? 1 : 1 + static_cast<unsigned char>(text.front()) % 64;
  for (std::size_t at = 0; at < text.size(); at += piece) {
    client.on_input(as_bytes(text.substr(at, piece)));
  }
  client.on_closed();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  read_offer(text);
  read_answers(text);
  return 0;
}
