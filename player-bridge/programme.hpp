#pragma once

#include "core/media/ogg_serials.hpp"
#include "core/media/reservoir.hpp"
#include "core/swarm/on_air.hpp"
#include "player-bridge/mpeg_silence.hpp"
#include "player-bridge/piece_reader.hpp"
#include "player-bridge/timeline.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace alluvium::bridge {

/// The stream before it is sent to anybody: takes the bytes of what is on, cuts them into pieces
/// and puts each at its instant, a few seconds ahead of the clock. Items are joined without a hole:
/// an item's last frames play on up to 200 ms beyond its slot (filler gives way at once), the next
/// one follows at once, and what is left of a slot or a gap is silence where the format has any
/// (MPEG audio), else a pause. Where bytes are missing it waits, and when it is more than 2 s late
/// it enters again at the right offset. Parts of one recording are joined as if never cut. What
/// comes after a live show is written when it is due, and no sooner: until then the show may go on.
/// Pure: all it knows of the world is OnAir.
class Programme {
 public:
  enum class Gaps {
    silence,  ///< Filled, where the format can be silent.
    nothing,
  };
  explicit Programme(swarm::OnAir& on_air, Gaps gaps = Gaps::silence)
      : on_air_(on_air), gaps_(gaps) {}

  /// Takes in what has become available. Call on every turn of the engine.
  void step();

  [[nodiscard]] const Timeline& timeline() const { return timeline_; }
  /// What is about to be written, known before its first piece is: null until the type is.
  [[nodiscard]] std::shared_ptr<const Track> track() const { return track_; }
  [[nodiscard]] StreamTime now() const { return on_air_.programme_now(); }
  /// An item is over, and what comes next has not begun to be written.
  [[nodiscard]] bool is_between_items() const { return state_ == State::between && last_; }
  /// Offsets that were estimated, formats that could not be entered: sentences for the log, once
  /// each.
  [[nodiscard]] std::vector<std::string> take_remarks() { return std::exchange(remarks_, {}); }

 private:
  enum class State {
    between,  ///< The next slot is to be chosen; `write_at_` is where it would go on.
    opening,  ///< A slot is chosen; its type is not known yet.
    reading,  ///< Pieces come.
  };

  /// Writes what is here, up to the horizon.
  void write_ahead(StreamTime present);
  void give_up_what_is_late(StreamTime present);
  bool advance(StreamTime present);
  bool go_on(StreamTime present);
  [[nodiscard]] std::optional<playlist::Slot> next_slot(StreamTime present) const;
  void enter(const playlist::Slot& slot, Duration offset, StreamTime at);
  bool open(swarm::OnAirItem& item);
  bool read(swarm::OnAirItem& item);
  void take_title(const swarm::OnAirItem& item);
  void take(media::Piece piece);
  [[nodiscard]] bool may_begin() const;
  [[nodiscard]] bool waits_for_live(const std::optional<playlist::Slot>& next,
                                    StreamTime present) const;
  void begin_media();
  void begin_link();
  void append(media::Piece piece);
  void begin_run(std::string family);
  void put_in_run(Track& track) const;
  bool be_silent(const std::optional<playlist::Slot>& next);
  [[nodiscard]] bool can_be_silent(const std::optional<playlist::Slot>& next);
  void end_item();
  void leave_slot();
  void restart(StreamTime present);
  void remark(const std::string& what);

  swarm::OnAir& on_air_;
  Gaps gaps_;
  Timeline timeline_;
  State state_ = State::between;
  bool has_begun_ = false;
  StreamTime write_at_{};  ///< Where the next piece goes.
  StreamTime last_step_{};

  std::optional<playlist::Slot> last_;  ///< The slot that is over, if nothing came between.
  bool has_paused_ = false;             ///< Since then nothing was written.
  playlist::Slot slot_;
  Duration entry_{};                    ///< Media time at which the item is entered.
  std::optional<playlist::Item> file_;  ///< What the reader reads.
  media::Format format_ = media::Format::opaque;
  std::optional<PieceReader> reader_;
  std::shared_ptr<Track> track_;
  std::vector<media::Piece> headers_;  ///< Of the link whose media is still to come.
  /// Until the entry is reached: the pieces since the last place where a player can begin.
  std::vector<media::Piece> run_up_;
  bool is_ready_ = false;  ///< The entry is in the run-up; media begins as soon as it may.
  /// Where the stream stood when the slot was chosen.
  StreamTime left_at_{};
  bool has_media_ = false;    ///< A piece of media of this item is out.
  bool is_in_media_ = false;  ///< … so that headers would begin another link of a chain.

  /// The end of a part of a recording, after which nothing was written.
  struct PartEnd {
    std::string source;
    WallTime at;
    std::vector<Slice> headers;
  };
  std::optional<PartEnd> part_end_;
  bool continues_ = false;  ///< What is read goes on where `part_end_` is.

  std::string family_;  ///< Of the run.
  std::uint64_t run_ = 0;
  std::optional<StreamTime> run_took_over_;

  media::ReservoirGuard reservoir_;
  media::OggSerials serials_;
  Slice last_frame_;                    ///< Of this item, if it is MPEG audio.
  std::optional<MpegSilence> silence_;  ///< Like what was heard last.
  std::shared_ptr<Track> silent_track_;

  std::vector<std::string> remarks_;
  std::optional<WallTime> remarked_;  ///< Start of the slot of the last remark.
};

}  // namespace alluvium::bridge
