#include "core/swarm/clock_check.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <vector>

namespace alluvium::swarm {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

constexpr milliseconds tolerated = seconds(2);
constexpr Duration sample_life = minutes(15);
/// A clock that is drawn slowly to the right time takes the monotonic one along; one that is set
/// does not.
constexpr Duration step = seconds(1);
/// What took longer says too little.
constexpr Duration longest_round_trip = seconds(3);
constexpr std::size_t most_samples = 32;
constexpr std::size_t most_sources = 16;
constexpr std::size_t most_named = 4;

std::string amount(milliseconds offset) {
  const auto whole = (std::chrono::abs(offset) + milliseconds(500)) / seconds(1);
  if (whole < 120) return std::to_string(whole) + " s";
  if (whole < 120 * 60) return std::to_string(whole / 60) + " min";
  if (whole < 48 * 3'600) return std::to_string(whole / 3'600) + " h";
  return std::to_string(whole / 86'400) + " days";
}

}  // namespace

void ClockCheck::on_time(Instant now, WallTime ours) {
  const Duration difference = ours.time_since_epoch() - now.time_since_epoch();
  const bool is_set =
      wall_minus_monotonic_ && std::chrono::abs(difference - *wall_minus_monotonic_) > step;
  wall_minus_monotonic_ = difference;
  if (!is_set) return;
  sources_.clear();
  verdict_ = {};
}

void ClockCheck::on_sample(const std::string& source, const DateSample& sample, Instant now) {
  if (sample.round_trip > longest_round_trip) return;
  if (!sources_.contains(source) && sources_.size() >= most_sources) {
    sources_.erase(std::min_element(sources_.begin(), sources_.end(), [](auto& a, auto& b) {
      return a.second.samples.back().at < b.second.samples.back().at;
    }));
  }
  const auto half = duration_cast<milliseconds>(sample.round_trip / 2) + milliseconds(1);
  const milliseconds offset = sample.date - sample.ours;
  Source& known = sources_[source];
  known.samples.push_back({{offset - half, offset + seconds(1) + half}, now});
  if (known.samples.size() > most_samples) known.samples.pop_front();
}

std::vector<ClockCheck::Opinion> ClockCheck::opinions(Instant now) {
  for (auto& [name, source] : sources_) {
    std::erase_if(source.samples, [&](const Seen& seen) { return now - seen.at > sample_life; });
  }
  std::erase_if(sources_, [](const auto& entry) { return entry.second.samples.empty(); });
  std::vector<Opinion> all;
  for (auto& [name, source] : sources_) {
    Range range = source.samples.back().range;
    // Back to where the samples contradict each other: that clock was set since.
    for (auto seen = source.samples.rbegin(); seen != source.samples.rend(); ++seen) {
      const Range both{std::max(range.least, seen->range.least),
                       std::min(range.most, seen->range.most)};
      if (both.least > both.most) break;
      range = both;
    }
    const Offset middle = range.middle();
    const bool is_still_said = source.said && std::chrono::abs(*source.said - middle) < seconds(1);
    if (!is_still_said) source.said = middle;
    all.push_back({name, range, *source.said});
  }
  return all;
}

void ClockCheck::correct_by(const std::vector<Opinion>& opinions) {
  Range range = opinions.front().range;
  for (const Opinion& opinion : opinions) {
    const Range both{std::max(range.least, opinion.range.least),
                     std::min(range.most, opinion.range.most)};
    // Clocks that are a little apart: the one that is known more narrowly.
    const bool is_narrower = opinion.range.most - opinion.range.least < range.most - range.least;
    range = both.least <= both.most ? both : is_narrower ? opinion.range : range;
  }
  const bool still_fits = verdict_.correction >= range.least && verdict_.correction <= range.most;
  if (!still_fits) verdict_.correction = range.middle();
}

ClockVerdict ClockCheck::verdict(Instant now) {
  const std::vector<Opinion> all = opinions(now);
  // While nobody can be asked, what was known goes on being true.
  if (all.empty()) return verdict_;
  const auto [least, most] = std::minmax_element(
      all.begin(), all.end(),
      [](const Opinion& a, const Opinion& b) { return a.range.middle() < b.range.middle(); });
  const bool agree = most->range.middle() - least->range.middle() <= tolerated;
  const bool is_off = std::any_of(all.begin(), all.end(), [](const Opinion& opinion) {
    return std::chrono::abs(opinion.said) > tolerated;
  });
  const bool is_confirmed =
      all.size() > 1 ||
      (verdict_.correction != Offset(0) &&
       std::chrono::abs(verdict_.correction - all.front().range.middle()) <= tolerated);
  if (is_off && agree && is_confirmed) {
    correct_by(all);
  } else {
    verdict_.correction = {};
  }
  verdict_.problem = is_off ? sentence(all, agree) : std::string();
  return verdict_;
}

std::string ClockCheck::sentence(const std::vector<Opinion>& opinions, bool agree) const {
  std::string text = "this computer's clock ";
  for (std::size_t i = 0; i < std::min(opinions.size(), most_named); ++i) {
    const Opinion& opinion = opinions[i];
    if (i > 0) text += i + 1 < std::min(opinions.size(), most_named) ? ", " : " and ";
    if (std::chrono::abs(opinion.said) <= tolerated) {
      text += "agrees with ";
    } else if (i == 0 || !agree) {
      text += "is " + amount(opinion.said) + (opinion.said < Offset(0) ? " ahead of " : " behind ");
    }
    text += printable(opinion.source, 100) + "'s";
  }
  if (verdict_.correction != Offset(0)) {
    return text + "; the time is taken from " + (opinions.size() > 1 ? "them" : "there");
  }
  return text + (agree ? "; it is used as it is until a second server says the same"
                       : "; since they disagree, it is used as it is");
}

}  // namespace alluvium::swarm
