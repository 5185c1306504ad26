#pragma once

#include "core/http/client.hpp"
#include "core/http/handler.hpp"
#include "tests/sim/agenda.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

namespace alluvium::sim {

class Host;
class Network;

/// One request of a host to another and its answer, on a connection that was there or is opened for
/// it. What the handler writes goes in pieces through the server's uplink, over
/// the way between the two, and through the client's downlink; at most a window of it is under way
/// unacknowledged. Keeps the contracts of http::Client towards the one and of http::Responder
/// towards the other. Owned by the Network; either side may leave at any time, and the other hears
/// of it a latency later.
class Conversation final : private http::Responder, private Actor {
 public:
  Conversation(Network& network, Host& client, http::ClientRequest request,
               http::TransferObserver& observer, bool is_reversed);
  ~Conversation() override;

  /// Once, before anything else.
  [[nodiscard]] std::unique_ptr<http::Transfer> begin_call();
  void on_server_dead();

 private:
  friend class Network;
  class Ticket;
  enum Event : std::uint32_t {
    connected,
    request_arrives,
    piece_left,     ///< The server's uplink is done with it.
    piece_arrives,  ///< Its end stands before the client's downlink,
    piece_through,  ///< and has passed that.
    window_opens,
    time_limit,
    client_left,  ///< The server hears of it.
    hopeless,     ///< What is known from the start is told.
  };
  /// What travels together.
  struct Piece {
    bool has_head = false;
    bool is_end = false;
    bool is_reset = false;
    Slice body;
    std::uint64_t bytes = 0;  ///< With the head.
    Appointment arrival;      ///< What happens to it next at the client's side.
  };

  void on_event(std::uint32_t what) override;
  void at(Instant when, Event event, Appointment& appointment);

  // The client's side.
  void fail_at_once(http::TransferFailure failure, std::string message, Duration after);
  void connect();
  void on_connected();
  void on_limit();
  void arm_limit();
  void on_piece_arrives();
  void deliver();
  void deliver_head();
  void deliver_body(const Slice& body);
  void fail(http::TransferFailure failure, std::string message);
  void finish(std::optional<http::TransferError> error);
  /// The client has lost interest, or has heard all it will hear.
  void leave();
  void cancel_client_events();

  // The server's side.
  void on_request();
  void send(http::Response response) override;
  void begin(http::ResponseHead head, std::optional<std::uint64_t> content_length) override;
  void write(Slice bytes) override;
  void end() override;
  void abort() override;
  [[nodiscard]] std::size_t queued_bytes() const override { return queued_bytes_; }
  void draw_fault(std::uint64_t content_length);
  void push();
  [[nodiscard]] Piece next_piece();
  void cut(Piece& piece);
  void on_piece_left();
  void dispatch(Piece piece);
  void forget_server();

  Network& network_;
  Host& client_;
  Host* server_ = nullptr;
  std::size_t place_ = 0;  ///< In the network's list.
  http::ClientRequest request_;
  http::TransferObserver& observer_;
  bool is_reversed_;          ///< On a connection that the server opened.
  Ticket* ticket_ = nullptr;  ///< Null once the client has left.
  Duration latency_{};

  Instant started_;
  Instant last_activity_;
  bool is_connecting_ = true;
  std::optional<http::TransferError> hopeless_;
  bool has_head_ = false;
  std::uint64_t body_bytes_ = 0;
  std::optional<std::uint64_t> announced_;
  std::deque<Piece> in_flight_;  ///< The first of them may wait for the downlink.
  std::size_t waiting_for_downlink_ = 0;
  Appointment setup_;
  Appointment limit_;

  bool is_served_ = false;  ///< The handler has the request, and is not done with it.
  std::size_t served_place_ = 0;
  std::unique_ptr<http::Exchange> exchange_;
  http::ClientResponse head_;
  std::uint64_t head_bytes_ = 0;
  bool is_head_waiting_ = false;
  bool is_kept_ = false;  ///< The connection, once the answer is whole.
  std::deque<Slice> queue_;
  std::size_t queued_bytes_ = 0;
  std::optional<std::uint64_t> promised_;
  bool is_ended_ = false;
  bool is_broken_ = false;
  bool is_silent_ = false;
  std::optional<std::uint64_t> cut_after_;  ///< Body bytes after which a fault happens.
  bool is_cut_silent_ = false;
  std::optional<Piece> leaving_;
  Appointment left_;
  std::uint64_t unacknowledged_ = 0;
  bool waits_for_window_ = false;
  bool is_window_opening_ = false;
  Appointment server_event_;
};

}  // namespace alluvium::sim
