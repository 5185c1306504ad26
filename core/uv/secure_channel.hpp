#pragma once

#include "core/base/bytes.hpp"

#include <memory>

namespace alluvium::uv {

/// The encryption of one connection, in memory: what the network brings goes in, what is to go out
/// is taken out, and the plain bytes stand on the other side. It touches no socket and calls nobody
/// back. Owned by the connection.
class SecureChannel {
 public:
  enum class State {
    shaking_hands,
    open,
    ended,   ///< The client says nothing more.
    failed,  ///< What came makes no sense; nothing more is to be read or encrypted.
  };

  virtual ~SecureChannel() = default;
  /// Takes any number of bytes from the network and appends what they say to `plain`: of each call
  /// no more than came, and a record (16 KiB) that was incomplete before.
  virtual State receive(ByteView from_network, Bytes& plain) = 0;
  /// Encrypts; only once it is open, and before `end`.
  virtual void encrypt(ByteView plain) = 0;
  /// Tells the client that nothing follows, if it still can be told.
  virtual void end() = 0;
  /// What is to go to the network since the last call.
  [[nodiscard]] virtual Bytes take_output() = 0;
};

/// Makes the channels of a server's connections. Outlives the server, not necessarily the channels.
class SecureChannels {
 public:
  virtual ~SecureChannels() = default;
  [[nodiscard]] virtual std::unique_ptr<SecureChannel> accept() = 0;
};

}  // namespace alluvium::uv
