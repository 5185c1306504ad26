#pragma once

#include "core/http/handler.hpp"
#include "player-bridge/local_server.hpp"
#include "player-bridge/status.hpp"
#include "tests/player-bridge/fake_on_air.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alluvium::bridge::test {

/// Keeps the answer to one request.
class KeptAnswer final : public http::Responder {
 public:
  void send(http::Response response) override { answer = std::move(response); }
  void begin(http::ResponseHead head, std::optional<std::uint64_t>) override {
    answer = {std::move(head), {}};
  }
  void write(Slice) override {}
  void end() override {}
  void abort() override {}
  [[nodiscard]] std::size_t queued_bytes() const override { return 0; }
  std::optional<http::Response> answer;
};

/// A status with the same text wherever text from outside can be.
inline ListenerStatus status_saying(const std::string& text) {
  ListenerStatus status;
  status.station = text;
  status.item = ItemStatus{text, text, FakeOnAir::begin, FakeOnAir::begin, 1.5, text, text};
  status.next = status.item;
  status.map = MapStatus{"##5.", 0.25, true};
  status.peer_list.push_back({text, 5, 6, 0.5, false});
  status.problems.push_back({text, FakeOnAir::begin});
  status.stream_url = "http://[::1]:8000/stream";
  status.sharing = text;
  status.content_type = "audio/mpeg";
  return status;
}

inline ListenerStatus hostile_status() {
  return status_saying("<script>alert(\"1\")</script>&'\n\xff");
}

inline std::size_t occurrences(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size())
    ++count;
  return count;
}

/// The local port of a listener whose status is hostile, and what was shared through it.
struct LocalScene {
  Station station;
  Mount mount{station.on_air, {}};
  std::vector<std::string> shared;  ///< `off`, `unlimited` or bits a second.
  Status applied;                   ///< What changing it comes to.
  LocalServer server{mount, hostile_status,
                     SharingSwitch(token, [this](const auto& upload) { return note(upload); }),
                     FakeOnAir::begin};

  static constexpr const char* token = "0123456789abcdef";

  /// A request from this machine to it.
  [[nodiscard]] static http::Request request(std::string method, std::string target) {
    http::Request made{.method = std::move(method), .target = std::move(target)};
    made.local = net::parse_endpoint("127.0.0.1:8000").value();
    made.remote = net::parse_endpoint("127.0.0.1:50000").value();
    made.headers.add("Host", "127.0.0.1:8000");
    return made;
  }
  [[nodiscard]] http::Response ask(const http::Request& asked) {
    KeptAnswer kept;
    (void)server.on_request(asked, kept);
    return kept.answer.value_or(http::Response{{0, {}}, {}});
  }

 private:
  Status note(const std::optional<peer::UploadBudget>& upload) {
    if (!applied) return applied;
    const auto rate = upload ? upload->bits_per_second() : std::nullopt;
    shared.push_back(!upload ? "off" : rate ? std::to_string(*rate) : "unlimited");
    return applied;
  }
};

}  // namespace alluvium::bridge::test
