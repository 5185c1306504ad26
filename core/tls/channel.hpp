#pragma once

#include "core/uv/secure_channel.hpp"

#include <memory>

struct bio_st;
struct ssl_ctx_st;
struct ssl_st;

namespace alluvium::tls {

/// The server's side of one TLS connection, between two buffers in memory. It keeps the identity it
/// began with, also when that has been replaced since. Owned by the connection.
class Channel final : public uv::SecureChannel {
 public:
  /// Throws std::bad_alloc.
  explicit Channel(ssl_ctx_st* context);
  ~Channel() override;
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  State receive(ByteView from_network, Bytes& plain) override;
  void encrypt(ByteView plain) override;
  void end() override;
  [[nodiscard]] Bytes take_output() override;

 private:
  struct Free {
    void operator()(ssl_st* ssl) const;
  };
  std::unique_ptr<ssl_st, Free> ssl_;
  bio_st* input_ = nullptr;   ///< Owned by `ssl_`.
  bio_st* output_ = nullptr;  ///< Owned by `ssl_`.
  State state_ = State::shaking_hands;
};

}  // namespace alluvium::tls
