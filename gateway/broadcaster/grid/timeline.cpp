#include "gateway/broadcaster/grid/timeline.hpp"

#include <algorithm>
#include <utility>

namespace alluvium::broadcaster {

namespace {

/// Among so many of the next ones one is looked for that fits.
constexpr std::size_t most_tried = 30;

}  // namespace

Timeline::Timeline(const Material& material, std::vector<Placement> past, WallTime begin)
    : material_(material),
      placements_(std::move(past)),
      last_places_(material.durations.size()),
      now_(begin) {
  for (std::size_t i = 0; i < placements_.size(); ++i) {
    const std::size_t file = placements_[i].file;
    last_places_[file] = i + 1;
    const auto& jingles = material_.jingles;
    const bool is_jingle = std::find(jingles.begin(), jingles.end(), file) != jingles.end();
    since_jingle_ = is_jingle ? 0 : since_jingle_ + 1;
  }
}

void Timeline::lay_out(const std::vector<TimedShow>& shows, WallTime end) {
  // When what plays before each of them is cut off, and after the last one.
  std::vector<std::optional<WallTime>> cuts(shows.size() + 1);
  for (std::size_t i = shows.size(); i > 0; --i) {
    const TimedShow& show = shows[i - 1];
    cuts[i - 1] = show.is_hard ? show.start : cuts[i];
  }
  std::size_t i = 0;
  for (; i < shows.size() && shows[i].start < end; ++i) {
    const TimedShow& show = shows[i];
    const bool has_next = i + 1 < shows.size() && shows[i + 1].start < end;
    const Limit limit{has_next ? shows[i + 1].start : end, cuts[i + 1]};
    if (has_next && limit.at == show.start && show.start >= now_) unheard_.push_back(show);
    if (limit.at <= now_ || is_over(show)) continue;
    if (now_ < show.start) fill({show.start, cuts[i]});
    play(show, limit);
  }
  fill({end, cuts[i]});
}

bool Timeline::is_over(const TimedShow& show) const {
  if (show.end) return *show.end <= now_;
  if (show.start >= now_ || heard_of(show) > 0) return false;
  // It was to begin while something else was on, or in a time that is not laid out here.
  return placements_.empty() || placements_.back().start >= show.start;
}

std::size_t Timeline::heard_of(const TimedShow& show) const {
  const auto first = std::lower_bound(
      placements_.begin(), placements_.end(), show.start,
      [](const Placement& placement, WallTime start) { return placement.start < start; });
  return static_cast<std::size_t>(std::count_if(first, placements_.end(), [&](const auto& placed) {
    const Rotation& rotation = *show.rotation;
    return std::find(rotation.begin(), rotation.end(), placed.file) != rotation.end();
  }));
}

void Timeline::play(const TimedShow& show, Limit next) {
  const Rotation& rotation = *show.rotation;
  const bool is_whole = !show.end && show.items == 0;
  const std::size_t wanted = is_whole ? rotation.size() : show.items;
  const Limit limit{show.end ? std::min(*show.end, next.at) : next.at, next.cut};
  // What was chosen for its place is cut off; of what fills a time another one may do.
  const bool may_cut = wanted != 0 || rotation.size() == 1 || !material_.has_filler;
  std::size_t heard = heard_of(show);
  while (now_ < limit.at && (wanted == 0 || heard < wanted)) {
    if (show.has_jingles && place_jingle(limit)) continue;
    if (is_whole) {
      place(rotation[heard], limit);
    } else if (!place_next(rotation, show.ordinal * show.items, limit, may_cut)) {
      return;
    }
    ++heard;
  }
}

void Timeline::fill(Limit limit) {
  while (now_ < limit.at) {
    if (!material_.fill.empty() && place_jingle(limit)) continue;
    if (!place_next(material_.fill, 0, limit, !material_.has_filler)) return leave_gap(limit.at);
  }
}

bool Timeline::place_next(const Rotation& rotation, std::size_t otherwise, Limit limit,
                          bool may_cut) {
  if (rotation.empty()) return false;
  const std::size_t first = next_in(rotation, otherwise);
  const auto file_at = [&](std::size_t i) { return rotation[(first + i) % rotation.size()]; };
  if (may_cut || limit.leaves_whole(end_of(file_at(0)))) {
    place(file_at(0), limit);
    return true;
  }
  // The longest that fits leaves the shortest gap.
  std::optional<std::size_t> best;
  for (std::size_t i = 1; i < std::min(rotation.size(), most_tried); ++i) {
    const std::size_t file = file_at(i);
    if (!limit.leaves_whole(end_of(file))) continue;
    if (!best || end_of(file) > end_of(*best)) best = file;
  }
  if (best) place(*best, limit);
  return best.has_value();
}

bool Timeline::place_jingle(Limit limit) {
  if (material_.jingles.empty() || since_jingle_ < material_.jingle_every) return false;
  // One that would be cut off waits.
  if (!place_next(material_.jingles, 0, limit, false)) return false;
  since_jingle_ = 0;
  return true;
}

std::size_t Timeline::next_in(const Rotation& rotation, std::size_t otherwise) const {
  std::size_t last_place = 0;
  std::size_t next = otherwise % rotation.size();
  for (std::size_t i = 0; i < rotation.size(); ++i) {
    const std::size_t place = last_places_[rotation[i]];
    if (place <= last_place) continue;
    last_place = place;
    next = (i + 1) % rotation.size();
  }
  return next;
}

void Timeline::place(std::size_t file, Limit limit) {
  const WallTime over = end_of(file);
  const WallTime end = limit.leaves_whole(over) ? over : *limit.cut;
  placements_.push_back({file, now_, end});
  last_places_[file] = placements_.size();
  ++since_jingle_;
  now_ = end;
}

void Timeline::leave_gap(WallTime end) {
  gaps_.push_back({now_, end});
  now_ = end;
}

}  // namespace alluvium::broadcaster
