#pragma once

#include "core/time/clock.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace alluvium::broadcaster {

/// Files to choose from, as indices, in the order in which they are to be heard.
using Rotation = std::vector<std::size_t>;

/// One broadcast of one file. Value type.
struct Placement {
  std::size_t file = 0;
  WallTime start;
  WallTime end;  ///< Not later than `start` and the file's duration; earlier if it is cut off.

  bool operator==(const Placement&) const = default;
};

/// A show with its instants. Value type.
struct TimedShow {
  std::string name;
  WallTime start;
  std::optional<WallTime> end;  ///< None: when all of it has been heard.
  bool is_hard = true;
  bool has_jingles = false;
  std::size_t items = 0;    ///< So many; 0: as many as there is time for, without an end all.
  std::size_t ordinal = 0;  ///< The how many-th broadcast it is, for where its rotation begins.
  const Rotation* rotation = nullptr;  ///< Neither null nor empty.
};

/// What a stretch of time is laid out with. What it points at outlives it.
struct Material {
  std::vector<std::chrono::milliseconds> durations;  ///< Of each file; none is nought.
  Rotation fill;
  Rotation jingles;
  std::size_t jingle_every = 4;
  bool has_filler = false;  ///< Whether gaps are heard as filler.
};

/// Lays out files from an instant on: shows at their times, between them the fill. A rotation goes
/// on behind the last of its files that is on the timeline. A hard show cuts off what is on air; if
/// there is filler, nothing is begun that it would cut off, but in a show of its own. A soft show
/// begins when what is on air is over. Of shows that overlap the later one is heard from its start
/// on. The same input gives the same timeline, and so does one laid out in parts. Owned by whoever
/// plans.
class Timeline {
 public:
  /// `past` is what stands already, ascending: nothing of it is moved. All that is laid out begins
  /// at `begin` or later.
  Timeline(const Material& material, std::vector<Placement> past, WallTime begin);

  /// `shows` are in order of their start, and go on for a day beyond `end`, as they may cut off
  /// what plays then. What begins before `end` is laid out. Call once.
  void lay_out(const std::vector<TimedShow>& shows, WallTime end);

  /// What stood already and what was laid out.
  [[nodiscard]] const std::vector<Placement>& placements() const { return placements_; }
  /// Stretches in which nothing is on, as sentences need them.
  struct Gap {
    WallTime start;
    WallTime end;
  };
  [[nodiscard]] const std::vector<Gap>& gaps() const { return gaps_; }
  /// Shows that were not heard at all, as others begin at the same time.
  [[nodiscard]] const std::vector<TimedShow>& unheard() const { return unheard_; }

 private:
  /// Until when something may begin, and when what plays is cut off.
  struct Limit {
    WallTime at;
    std::optional<WallTime> cut;

    [[nodiscard]] bool leaves_whole(WallTime end) const { return !cut || end <= *cut; }
  };

  void fill(Limit limit);
  void play(const TimedShow& show, Limit limit);
  /// Places the next of `rotation`; false if nothing of it fits.
  bool place_next(const Rotation& rotation, std::size_t otherwise, Limit limit, bool may_cut);
  /// If it is due, and one fits.
  bool place_jingle(Limit limit);
  void place(std::size_t file, Limit limit);
  [[nodiscard]] WallTime end_of(std::size_t file) const { return now_ + material_.durations[file]; }
  void leave_gap(WallTime end);
  [[nodiscard]] std::size_t next_in(const Rotation& rotation, std::size_t otherwise) const;
  [[nodiscard]] std::size_t heard_of(const TimedShow& show) const;
  [[nodiscard]] bool is_over(const TimedShow& show) const;

  const Material& material_;
  std::vector<Placement> placements_;
  std::vector<Gap> gaps_;
  std::vector<TimedShow> unheard_;
  /// Of each file the number of its last placement, counted from 1; 0: not placed.
  std::vector<std::size_t> last_places_;
  std::size_t since_jingle_ = 0;
  WallTime now_;
};

}  // namespace alluvium::broadcaster
