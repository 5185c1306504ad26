#pragma once

#include "core/http/client.hpp"
#include "core/http/response_parser.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace alluvium::http {

/// Where a ConnectionClient's bytes go. Owned elsewhere, outlives the client.
class ByteSink {
 public:
  virtual ~ByteSink() = default;
  /// Takes bytes; never calls back from inside.
  virtual void write(Slice bytes) = 0;
  /// The connection is of no more use. Never calls back from inside.
  virtual void close() = 0;
};

/// HTTP/1.1 requests over one connection that somebody else opened (for which libcurl has no
/// place). One is answered at a time, further ones wait in the order in which they came; nothing is
/// pipelined. Strict: what ResponseParser refuses ends the connection. An answer that nobody wants
/// any more is read to its end if that is near, so that the connection stays; else the connection
/// is closed. Redirects are not followed: they are answers as any other. Once the connection is
/// gone every transfer ends as `refused`, or as `broken` if its answer had begun. Owned by whoever
/// has the connection.
class ConnectionClient final : public Client {
 public:
  /// More than so many bytes that nobody wants are not read.
  static constexpr std::uint64_t most_unwanted_bytes = 512 * 1024;
  static constexpr Duration longest_unwanted = std::chrono::seconds(20);

  /// `remote`: who is at the other end, for the answers' heads.
  ConnectionClient(ByteSink& sink, const Clock& clock, Timers& timers, net::Endpoint remote);
  ~ConnectionClient() override;
  ConnectionClient(const ConnectionClient&) = delete;
  ConnectionClient& operator=(const ConnectionClient&) = delete;

  [[nodiscard]] std::unique_ptr<Transfer> start(ClientRequest request,
                                                TransferObserver& observer) override;
  /// The other end said this. May end transfers, whose observers may destroy us.
  void on_input(ByteView bytes);
  /// The connection is gone. The same.
  void on_closed();

  /// Neither answered nor waiting for: what is asked now leaves at once.
  [[nodiscard]] bool is_free() const { return !is_closed_ && !current_ && calls_.empty(); }

 private:
  class Call;
  /// The answer that is being read.
  struct Reading {
    Reading(Call* of, std::unique_ptr<ResponseParser> with) : call(of), parser(std::move(with)) {}
    Call* call;  ///< Null: nobody wants it.
    std::unique_ptr<ResponseParser> parser;
    bool has_head = false;
    bool keep_alive = false;
    std::uint64_t missing_bytes = 0;  ///< Of its body.
  };

  void send_next();
  /// False if a call made from here has destroyed this object, or nothing more is to be read.
  [[nodiscard]] bool read_head(ByteView& bytes);
  [[nodiscard]] bool read_body(ByteView& bytes);
  [[nodiscard]] bool finish_reading();
  void give_up(Call& call);
  void leave_unwanted();
  void break_off();

  ByteSink& sink_;
  const Clock& clock_;
  Timers& timers_;
  net::Endpoint remote_;
  std::deque<Call*> calls_;  ///< Those that wait for their turn.
  std::optional<Reading> current_;
  std::unique_ptr<Timer> unwanted_limit_;
  bool is_closed_ = false;
  /// Expires with this object.
  std::shared_ptr<ConnectionClient*> self_ = std::make_shared<ConnectionClient*>(this);
};

}  // namespace alluvium::http
