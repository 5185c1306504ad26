#pragma once

#include "core/media/framer.hpp"

#include <cstdint>
#include <deque>
#include <optional>

namespace alluvium::media {

/// Puts pieces together whose duration only the next one tells. The last one is dated when its
/// first block is seen, and held back when it is whole until the next one is dated. Invariant:
/// pieces come out in order, each begins where the one before ends, and time does not run
/// backwards, except by `restart`. Owned by the framer that reads the blocks.
class PieceChain {
 public:
  /// What is not out is dropped.
  void restart();
  /// The piece at hand is whole, and there is none at hand.
  void end();
  /// There are no more: the last piece lasts until `whole`, or as long as the one before if that is
  /// not known.
  void end_all(std::optional<Duration> whole);
  [[nodiscard]] std::optional<Piece> take();

  /// The next piece begins.
  void begin(Piece::Kind kind, std::uint64_t offset, bool is_entry);
  void append(ByteView bytes);
  /// The piece at hand is due at `time`, or now if that is over: pictures and sound may be a little
  /// out of step.
  void date(Duration time);
  /// The part of the piece that is here goes ahead; what comes yet is at `offset`, and takes its
  /// time.
  void cut(std::uint64_t offset);
  void make_entry() { head_.is_entry = true; }

  /// Of the piece at hand.
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  [[nodiscard]] bool is_entry() const { return head_.is_entry; }
  [[nodiscard]] bool is_empty() const { return ready_.empty(); }
  [[nodiscard]] Duration now() const { return now_; }
  /// Whether a piece of media was ever begun.
  [[nodiscard]] bool has_media() const { return has_media_; }

 private:
  void release();
  [[nodiscard]] Piece assembled();

  Bytes bytes_;
  Piece head_;  ///< Of the piece at hand: all but its bytes and duration.
  bool is_dated_ = false;
  std::optional<Piece> held_;
  std::deque<Piece> ready_;
  Duration now_{};
  Duration usual_{};  ///< Duration of the last piece that had one.
  bool has_media_ = false;
};

}  // namespace alluvium::media
