#include "gateway/broadcaster/grid/grid_station.hpp"

#include "core/base/text.hpp"
#include "core/playlist/rss_reader.hpp"
#include "gateway/broadcaster/grid/rolling.hpp"
#include "gateway/broadcaster/grid/timeline.hpp"
#include "gateway/broadcaster/grid/week.hpp"
#include "gateway/broadcaster/plan.hpp"
#include "gateway/broadcaster/sealed.hpp"

#include <map>
#include <set>
#include <utility>

namespace alluvium::broadcaster {

namespace {

using std::chrono::days;

/// Plans one grid once; an object for what all its steps need.
class Planner {
 public:
  Planner(const Grid& grid, const Zone& zone, const GridFiles& files, const GridMoment& moment)
      : grid_(grid), zone_(zone), files_(files), moment_(moment) {}

  Result<PlannedGrid> run();

 private:
  [[nodiscard]] Rotation rotation(const std::string& source, Order order) const;
  [[nodiscard]] WallTime day(int from_today) const;
  Status make_items();
  void find_shows();
  void note_gaps(const Timeline& timeline);
  void note_moved();
  void note(std::string sentence) {
    if (said_.insert(sentence).second) planned_.notes.push_back(std::move(sentence));
  }

  const Grid& grid_;
  const Zone& zone_;
  const GridFiles& files_;
  const GridMoment& moment_;
  std::vector<playlist::Item> items_;  ///< Of each file, without an instant.
  std::vector<Rotation> rotations_;    ///< Of each show.
  std::vector<Occurrence> occurrences_;
  std::vector<TimedShow> shows_;
  std::set<std::string> said_;
  PlannedGrid planned_;
};

Rotation Planner::rotation(const std::string& source, Order order) const {
  const auto found = files_.sources.find(source);
  if (source.empty() || found == files_.sources.end()) return {};
  Rotation rotation = found->second;
  put_in_order(rotation, files_.files, order, grid_.seed);
  return rotation;
}

/// The beginning of a local day, so many days from the one it is now.
WallTime Planner::day(int from_today) const {
  const auto today = std::chrono::floor<days>(zone_.local(moment_.now));
  return zone_.instant_of(LocalTime(today + days(from_today)));
}

Status Planner::make_items() {
  for (const MeasuredFile& file : files_.files) {
    auto item = item_of(file, grid_.base);
    if (!item) return item.error();
    items_.push_back(std::move(*item));
  }
  return {};
}

void Planner::find_shows() {
  for (const Show& show : grid_.shows) rotations_.push_back(rotation(show.play, show.order));
  occurrences_ =
      occurrences(grid_.shows, zone_, day(-1), day(static_cast<int>(grid_.days.count()) + 2));
  for (const Occurrence& occurrence : occurrences_) {
    const Show& show = grid_.shows[occurrence.show];
    // What has nothing to play takes nobody's place.
    if (rotations_[occurrence.show].empty()) continue;
    shows_.push_back({.name = show.name,
                      .start = occurrence.start,
                      .end = occurrence.end,
                      .is_hard = show.is_hard,
                      .has_jingles = show.has_jingles,
                      .items = show.items,
                      .ordinal = occurrence.ordinal,
                      .rotation = &rotations_[occurrence.show]});
  }
}

void Planner::note_moved() {
  for (const Occurrence& occurrence : occurrences_) {
    if (!occurrence.is_moved || occurrence.start < moment_.now) continue;
    note(printable(grid_.shows[occurrence.show].name) +
         " begins at a time that does not exist on that day, as clocks are set forward past it: "
         "it begins when they are, on " +
         zone_.text(occurrence.start));
  }
}

void Planner::note_gaps(const Timeline& timeline) {
  for (std::size_t i = 0; i < grid_.shows.size(); ++i) {
    if (!rotations_[i].empty()) continue;
    note(printable(grid_.shows[i].name) + " is not broadcast: there is nothing to play for it");
  }
  std::map<std::string, std::vector<WallTime>> unheard;
  for (const TimedShow& show : timeline.unheard()) {
    if (show.start >= moment_.now) unheard[show.name].push_back(show.start);
  }
  for (const auto& [name, times] : unheard) {
    const std::size_t more = times.size() - 1;
    note(printable(name) + " is not heard on " + zone_.text(times.front()) +
         (more > 0 ? " and " + std::to_string(more) + " more times" : "") +
         ": another show begins at the same time");
  }
  if (!grid_.filler.empty()) return;
  for (const Timeline::Gap& gap : timeline.gaps()) {
    if (gap.end <= moment_.now) continue;
    note("Nothing is on from " + zone_.text(gap.start) + " to " + zone_.text(gap.end) +
         ": name a fill or a filler in the grid");
  }
}

Result<PlannedGrid> Planner::run() {
  if (const auto made = make_items(); !made) return made.error();
  find_shows();
  Material material{.fill = rotation(grid_.fill, grid_.fill_order),
                    .jingles = rotation(grid_.jingles, Order::given),
                    .jingle_every = grid_.jingle_every};
  const Rotation filler = rotation(grid_.filler, Order::given);
  material.has_filler = !filler.empty();
  for (const playlist::Item& item : items_) material.durations.push_back(*item.duration);

  std::vector<KeptItem> kept;
  if (moment_.earlier) {
    KeepRule rule{.now = moment_.now, .since = day(-static_cast<int>(grid_.past.count()))};
    if (moment_.is_edited) rule.until = moment_.now + grid_.hold;
    kept = kept_items(*moment_.earlier, items_, rule);
  }
  std::vector<Placement> past;
  for (const KeptItem& item : kept) {
    if (item.file) past.push_back({*item.file, *item.item.start, *item.item.end});
  }
  // Nothing can be added to what is over; where nothing stands, today is planned as a whole.
  const WallTime begin = kept.empty() ? day(0) : std::max(*kept.back().item.end, day(0));
  Timeline timeline(material, past, begin);
  timeline.lay_out(shows_, day(static_cast<int>(grid_.days.count()) + 1));

  playlist::Playlist& playlist = planned_.playlist;
  playlist.title = grid_.title;
  playlist.link = grid_.base.text();
  playlist.gateway = grid_.gateway;
  for (KeptItem& item : kept) playlist.items.push_back(std::move(item.item));
  for (std::size_t i = past.size(); i < timeline.placements().size(); ++i) {
    const Placement& placement = timeline.placements()[i];
    // What would have been on before there was a playlist was not.
    if (placement.end <= moment_.now) continue;
    playlist::Item item = items_[placement.file];
    item.start = placement.start;
    item.end = placement.end;
    playlist.items.push_back(std::move(item));
  }
  const bool has_broadcasts = !playlist.items.empty();
  for (const std::size_t file : filler) {
    playlist.items.push_back(items_[file]);
    playlist.items.back().is_filler = true;
  }
  if (playlist.items.empty()) return Error{"there is nothing to broadcast"};
  if (playlist.items.size() > playlist::max_playlist_items) {
    return Error{"the playlist would have " + std::to_string(playlist.items.size()) +
                 " items, and listeners read " + std::to_string(playlist::max_playlist_items) +
                 " at most; fewer days make it shorter"};
  }
  if (has_broadcasts) {
    // As a date of its own it would change with every run.
    playlist.anchor = moment_.earlier && moment_.earlier->anchor ? moment_.earlier->anchor
                                                                 : playlist.items.front().start;
  } else {
    playlist.anchor = day(0);
  }
  note_moved();
  note_gaps(timeline);
  if (grid_.is_sealed) seal(playlist, moment_.now);
  return std::move(planned_);
}

}  // namespace

Result<PlannedGrid> plan_grid(const Grid& grid, const Zone& zone, const GridFiles& files,
                              const GridMoment& moment) {
  return Planner(grid, zone, files, moment).run();
}

}  // namespace alluvium::broadcaster
