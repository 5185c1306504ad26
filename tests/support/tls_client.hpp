#pragma once

#include "core/base/bytes.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace alluvium::test {

struct TlsManners {
  int newest = 0;         ///< The highest version offered, as OpenSSL's constant; 0: any.
  std::string protocols;  ///< ALPN's wire form; empty: not offered.
};

/// The client's side of one TLS connection in memory, to be carried to a server by hand.
class TlsClient {
 public:
  /// Trusts exactly `authority`, a PEM file.
  explicit TlsClient(const std::filesystem::path& authority, TlsManners manners = {});
  ~TlsClient();
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  /// What came from the server; answers are in `output` then.
  void receive(std::string_view from_server);
  /// Only once it is `ready`.
  void say(std::string_view plain);
  /// Says that it says nothing more.
  void end();
  /// What is to go to the server since the last call.
  [[nodiscard]] std::string output();

  /// The handshake is done, and the server is the one that was meant.
  [[nodiscard]] bool is_ready() const;
  [[nodiscard]] const std::string& heard() const { return heard_; }
  /// The server has said that nothing more comes.
  [[nodiscard]] bool has_ended() const { return ended_; }
  /// OpenSSL's reason for giving up; empty while there is none.
  [[nodiscard]] const std::string& failure() const { return failure_; }
  /// Whom the server's certificate names.
  [[nodiscard]] std::string server_name() const;

 private:
  void read();
  struct State;
  std::unique_ptr<State> state_;
  std::string heard_;
  bool ended_ = false;
  std::string failure_;
};

}  // namespace alluvium::test
