#pragma once

#include "core/time/clock.hpp"
#include "core/uv/tcp_server.hpp"
#include "gateway/broadcaster/live/live_station.hpp"
#include "gateway/broadcaster/live/source_conversation.hpp"

namespace alluvium::broadcaster {

/// A connection to the source port: its conversation, and how long it may be silent. Owned by the
/// server.
class SourceClient final : public uv::TcpServer::Client {
 public:
  /// From the first byte, or the connection, to the last of a head.
  static constexpr Duration longest_head = std::chrono::seconds(5);
  /// A source that sends nothing for so long is gone; its station is back on schedule while what it
  /// sent is still heard.
  static constexpr Duration longest_silence = std::chrono::seconds(3);

  SourceClient(const SourceConversation::Surroundings& surroundings, const LiveStation& station,
               const Clock& clock, const net::IpAddress& address);

  Answer on_bytes(ByteView bytes) override;
  bool takes_bytes() override;
  bool is_overdue() override;
  bool gives_way() override { return !conversation_.is_source(); }

 private:
  const LiveStation& station_;
  const Clock& clock_;
  SourceConversation conversation_;
  Instant heard_at_;  ///< When it last said something, or was last kept from it.
};

}  // namespace alluvium::broadcaster
