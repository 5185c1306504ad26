#pragma once

#include "core/media/framer.hpp"
#include "core/swarm/on_air.hpp"

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
};

/// One piece of the stream and when it is due.
struct TimedPiece {
  media::Piece piece;
  StreamTime due;
  std::shared_ptr<const Track> track;
};

/// The stream before it is sent to anybody: takes the bytes of what is on, cuts them into pieces
/// and puts each at its instant, a few seconds ahead of the clock. Pieces are numbered for ever;
/// players take from it at their own pace. Items are joined without a hole: an item's last frames
/// play on up to 200 ms beyond its slot, the next one follows at once, and a file that ends early
/// waits for the next start. Where bytes are missing it waits, and when it is more than 2 s late it
/// enters again at the right offset. Pure: all it knows of the world is OnAir.
class Programme {
 public:
  explicit Programme(swarm::OnAir& on_air) : on_air_(on_air) {}

  /// Takes in what has become available. Call on every turn of the engine.
  void step();

  /// The numbers of the pieces there are: [first, end).
  [[nodiscard]] std::uint64_t first() const { return first_; }
  [[nodiscard]] std::uint64_t end() const { return first_ + pieces_.size(); }
  [[nodiscard]] const TimedPiece& piece(std::uint64_t number) const {
    return pieces_[number - first_];
  }
  /// The first piece that has not ended at `t`: where a player joins. `end()` if there is none yet.
  [[nodiscard]] std::uint64_t at(StreamTime t) const;
  /// What is about to be written, known before its first piece is: null until the type is.
  [[nodiscard]] std::shared_ptr<const Track> track() const { return track_; }
  [[nodiscard]] StreamTime now() const { return on_air_.programme_now(); }
  /// Offsets that were estimated, formats that could not be entered: sentences for the log, once
  /// each.
  [[nodiscard]] std::vector<std::string> take_remarks() { return std::exchange(remarks_, {}); }

 private:
  enum class State {
    idle,     ///< Nothing on, or nothing chosen yet.
    opening,  ///< A slot is chosen; its type is not known yet.
    reading,  ///< Pieces come.
    ended,    ///< The item is over; the next slot is to be chosen.
  };

  void choose_slot();
  void enter(const playlist::Slot& slot, Duration offset, StreamTime at);
  bool open(swarm::OnAirItem& item);
  bool read(swarm::OnAirItem& item);
  bool feed(swarm::OnAirItem& item);
  void jump(swarm::OnAirItem& item);
  void remark(const std::string& what);
  void take(media::Piece piece);
  void end_item();
  void restart();
  void forget_played();

  swarm::OnAir& on_air_;
  State state_ = State::idle;
  std::deque<TimedPiece> pieces_;
  std::uint64_t first_ = 0;
  StreamTime write_at_{};  ///< Where the next piece goes.
  StreamTime last_step_{};

  playlist::Slot slot_;
  Duration entry_{};  ///< Media time at which the item is entered.
  bool has_jumped_ = false;
  bool has_media_ = false;    ///< A piece of this item is out.
  bool is_in_media_ = false;  ///< The last piece was media: headers would begin another chain.
  std::optional<playlist::Item> file_;  ///< What the framer is fed with.
  std::unique_ptr<media::Framer> framer_;
  std::shared_ptr<Track> track_;
  hash::ChunkIndex next_{0};
  std::uint64_t skip_ = 0;  ///< Bytes of the next chunk that come before the entry.
  bool is_fed_ = false;     ///< The framer has all there is.
  std::vector<std::string> remarks_;
  std::optional<WallTime> remarked_;  ///< Start of the slot of the last remark.
};

}  // namespace alluvium::bridge
