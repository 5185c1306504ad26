#pragma once

#include "core/http/handler.hpp"
#include "player-bridge/icy.hpp"
#include "player-bridge/mount.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace alluvium::bridge {

/// One player's connection to a mount. Owned by the server; known to its mount while it lives.
class Player final : public http::Exchange {
 public:
  Player(Mount& mount, const http::Request& request, http::Responder& responder);
  ~Player() override;

  /// Sends what has become due. The responder may be told to end or abort; nothing is called after
  /// that.
  void on_turn();

 private:
  bool begin();
  void send_due();
  void send(std::uint64_t begin, std::uint64_t end);
  void send_bytes(ByteView bytes, const Track& track, Bytes& out);

  Mount& mount_;
  http::Responder& responder_;
  bool is_head_only_;
  bool wants_titles_;
  bool is_over_ = false;
  bool has_begun_ = false;
  bool is_in_stream_ = false;  ///< A first piece has been sent.
  std::string type_;
  std::uint64_t next_ = 0;
  std::optional<IcyWriter> icy_;
};

}  // namespace alluvium::bridge
