#pragma once

#include "core/media/framer.hpp"
#include "core/playlist/schedule.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace alluvium::bridge {

/// A place on the schedule's time line, finer than the schedule itself: frames last 26 ms.
using StreamTime = std::chrono::sys_time<Duration>;

/// One broadcast of one item, as far as the players' stream is concerned. Immutable once its first
/// piece is out, but for headers, which may grow (chained Ogg).
struct Track {
  std::string title;
  std::string type;  ///< MIME type of the stream while it plays.
  std::uint64_t bits_per_second = 0;
  Duration lead{};  ///< How far ahead of the clock players are served: 64 KiB, 4 s at most.
  std::vector<Slice> headers;  ///< What a player that joins in the middle must get first.
  playlist::Slot slot;         ///< What it is a broadcast of; for silence the slot before.
  /// A player can join after the beginning. Otherwise it must be given the item from its first
  /// byte.
  bool is_enterable = true;
  std::string family;  ///< As Framer::family.
  /// Pieces of the same run can follow each other within one connection.
  std::uint64_t run = 0;
  /// Where this run took over from another one, at which players had to come back.
  std::optional<StreamTime> run_took_over;
};

/// One piece of the stream and when it is due.
struct TimedPiece {
  media::Piece piece;
  StreamTime due;
  std::shared_ptr<const Track> track;

  [[nodiscard]] bool is_media() const { return piece.kind == media::Piece::Kind::media; }
  [[nodiscard]] StreamTime end() const { return due + piece.duration; }
};

/// The pieces of a stream around the present, in the order in which they are sent. Numbered for
/// ever: a number is never used for two pieces. Written by a Programme, read by players at their
/// own pace.
class Timeline {
 public:
  /// The numbers of the pieces there are: [first, end).
  [[nodiscard]] std::uint64_t first() const { return first_; }
  [[nodiscard]] std::uint64_t end() const { return first_ + pieces_.size(); }
  [[nodiscard]] const TimedPiece& piece(std::uint64_t number) const {
    return pieces_[number - first_];
  }

  /// The first piece of media that has not ended at `t`; `end()` if there is none yet.
  [[nodiscard]] std::uint64_t at(StreamTime t) const;
  /// Where a player that comes at `t` begins: with the last entry before what is heard at `t`, or
  /// with the piece behind that if it is nearer. Who was sent back because another run is about to
  /// begin, or has just begun, begins with that run's first piece. `end()` if there is nothing to
  /// begin with: nothing is there yet, or what is there must be had from its beginning.
  [[nodiscard]] std::uint64_t entry_at(StreamTime t) const;

  void append(TimedPiece piece) { pieces_.push_back(std::move(piece)); }
  /// Forgets everything.
  void clear();
  /// Forgets what no player that comes at `t` or later would be given.
  void forget_before(StreamTime t);

 private:
  std::deque<TimedPiece> pieces_;
  std::uint64_t first_ = 0;
};

}  // namespace alluvium::bridge
