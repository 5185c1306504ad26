#pragma once

#include "core/uv/secure_channel.hpp"
#include "core/uv/write_queue.hpp"

#include <cstddef>
#include <deque>
#include <memory>
#include <utility>

namespace alluvium::uv {

/// A connection's secure channel, and the plain bytes that wait for it: they are encrypted only as
/// the network takes them, so that a slow reader of a long answer keeps no second copy of it. Owned
/// by a connection.
class SecuredStream {
 public:
  explicit SecuredStream(std::unique_ptr<SecureChannel> channel) : channel_(std::move(channel)) {}

  /// As SecureChannel::receive.
  SecureChannel::State receive(ByteView from_network, Bytes& plain) {
    return state_ = channel_->receive(from_network, plain);
  }
  [[nodiscard]] bool is_shaking_hands() const {
    return state_ == SecureChannel::State::shaking_hands;
  }
  void push(Slice plain);
  /// Says the last word of the channel, after which nothing may be pushed.
  void end() { channel_->end(); }
  /// Hands over to `writes` what can go out now, and flushes it. Returns libuv's error, or 0.
  int flush(WriteQueue& writes);
  [[nodiscard]] std::size_t queued_bytes() const { return waiting_bytes_; }

 private:
  void encrypt_some();

  std::unique_ptr<SecureChannel> channel_;
  SecureChannel::State state_ = SecureChannel::State::shaking_hands;
  std::deque<Slice> waiting_;
  std::size_t waiting_bytes_ = 0;
};

}  // namespace alluvium::uv
