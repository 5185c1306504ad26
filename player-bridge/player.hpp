#pragma once

#include "core/http/handler.hpp"
#include "player-bridge/icy.hpp"
#include "player-bridge/mount.hpp"
#include "player-bridge/rerun.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace alluvium::bridge {

/// One player's connection to a mount. Owned by the server; known to its mount while it lives.
class Player final : public http::Exchange {
 public:
  Player(Mount& mount, const http::Request& request, http::Responder& responder, bool starts_over);
  ~Player() override;

  /// Sends what has become due. The responder may be told to end or abort; nothing is called after
  /// that.
  void on_turn();
  /// Where the mount keeps it.
  void set_place(std::size_t place) { place_ = place; }

 private:
  enum class State {
    waiting,    ///< What it will be sent is not known yet: it has no answer.
    answered,   ///< It has a head.
    streaming,  ///< It has been sent a piece.
    over,
  };

  [[nodiscard]] const Programme& source() const;
  [[nodiscard]] const Timeline& timeline() const { return source().timeline(); }
  [[nodiscard]] bool is_woken(StreamTime now) const;
  [[nodiscard]] bool waits_for_another_type() const;
  bool answer();
  [[nodiscard]] bool needs_rerun() const;
  bool begin_rerun();
  bool enter_stream(StreamTime now);
  void leave_rerun_if_over();
  void send_due(StreamTime now);
  void send(std::uint64_t begin, std::uint64_t end);
  void send_bytes(ByteView bytes, const Track& track, Bytes& out);
  void plan_next_write(StreamTime now, const Track& track, bool has_all);
  void end();

  Mount& mount_;
  http::Responder& responder_;
  std::size_t place_;
  State state_ = State::waiting;
  bool is_head_only_;
  bool wants_titles_;
  bool starts_over_;
  std::string accept_;  ///< Until it has an answer, and only if there is a choice.
  std::unique_ptr<Rerun> rerun_;
  std::uint64_t rerun_beside_ = 0;  ///< The run that was on air when the rerun began.
  std::string family_;
  std::uint64_t run_ = 0;
  std::uint64_t next_ = 0;
  StreamTime sent_to_{};  ///< Where what it has been sent ends.
  StreamTime wake_at_{};
  bool has_had_burst_ = false;
  std::optional<IcyWriter> icy_;
};

}  // namespace alluvium::bridge
