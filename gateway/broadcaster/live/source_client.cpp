#include "gateway/broadcaster/live/source_client.hpp"

#include <utility>

namespace alluvium::broadcaster {

SourceClient::SourceClient(const SourceConversation::Surroundings& surroundings,
                           const LiveStation& station, const Clock& clock,
                           const net::IpAddress& address)
    : station_(station),
      clock_(clock),
      conversation_(surroundings, address),
      heard_at_(clock.now()) {}

uv::TcpServer::Client::Answer SourceClient::on_bytes(ByteView bytes) {
  const bool was_source = conversation_.is_source();
  auto reaction = conversation_.feed(bytes, clock_.now());
  // A head is not made longer by coming in small pieces.
  if (was_source || conversation_.is_source() || !reaction.answer.empty()) {
    heard_at_ = clock_.now();
  }
  return {std::move(reaction.answer), reaction.closes};
}

bool SourceClient::takes_bytes() {
  const bool takes = !conversation_.is_source() || station_.takes_sound();
  if (!takes) heard_at_ = clock_.now();
  return takes;
}

bool SourceClient::is_overdue() {
  const Duration patience = conversation_.is_source() ? longest_silence : longest_head;
  return clock_.now() - heard_at_ >= patience;
}

}  // namespace alluvium::broadcaster
