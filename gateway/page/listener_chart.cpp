#include "gateway/page/listener_chart.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <utility>
#include <vector>

namespace alluvium::gateway {

namespace {

using Sample = ListenerHistory::Sample;
using Samples = std::deque<Sample>;

// All in the picture's own units.
constexpr int width = 760;
constexpr int plot_left = 44;
constexpr int plot_right = 748;
constexpr int plot_top = 28;
constexpr int plot_bottom = 200;
constexpr int legend_top = 236;
constexpr int legend_line = 18;
/// Each line is drawn so much above the one before it, so that those of equal numbers are seen.
constexpr int lift_step = 3;

/// Told apart on dark and on light ground, and by most who do not see all colours.
constexpr std::array<const char*, ListenerHistory::most_files> colours = {
    "#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#ee8833", "#888888"};

/// The smallest of 1, 2, 5, 10, 20 … that is not less.
std::size_t rounded_up(std::size_t value) {
  for (std::size_t power = 1;; power *= 10) {
    for (const std::size_t digit : {1, 2, 5}) {
      if (digit * power >= value) return digit * power;
    }
  }
}

std::string hour_and_minute(WallTime at) {
  const auto minutes =
      std::chrono::floor<std::chrono::minutes>(at - std::chrono::floor<std::chrono::days>(at))
          .count();
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "%02d:%02d", static_cast<int>(minutes / 60),
                static_cast<int>(minutes % 60));
  return text.data();
}

/// Those with the highest peaks, the highest first.
std::vector<std::pair<hash::TreeRoot, std::size_t>> peaks_of(const Samples& samples) {
  std::map<hash::TreeRoot, std::size_t> peaks;
  for (const auto& sample : samples) {
    for (const auto& count : sample.files) {
      auto& peak = peaks[count.root];
      peak = std::max(peak, count.listeners);
    }
  }
  std::vector<std::pair<hash::TreeRoot, std::size_t>> sorted(peaks.begin(), peaks.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  if (sorted.size() > ListenerHistory::most_files) sorted.resize(ListenerHistory::most_files);
  return sorted;
}

/// Where samples are drawn.
class Scale {
 public:
  Scale(WallTime begin, WallTime end, std::size_t most) : begin_(begin), end_(end), most_(most) {}

  [[nodiscard]] std::string point(WallTime at, std::size_t listeners, int lift) const {
    const auto span = std::max<std::int64_t>((end_ - begin_).count(), 1);
    // A clock that was set back must not lead out of the picture.
    const auto passed = std::clamp<std::int64_t>((at - begin_).count(), 0, span);
    const auto x = plot_left + (plot_right - plot_left) * passed / span;
    return std::to_string(x) + "," + std::to_string(height_of(listeners) - lift);
  }
  [[nodiscard]] std::int64_t height_of(std::size_t listeners) const {
    return plot_bottom -
           static_cast<std::int64_t>((plot_bottom - plot_top) * std::min(listeners, most_) / most_);
  }

 private:
  WallTime begin_;
  WallTime end_;
  std::size_t most_;
};

/// The points of a file's line, in pieces: where it was not among the files of a sample there is
/// nothing to draw.
std::vector<std::string> pieces_of(const hash::TreeRoot& root, const Samples& samples,
                                   const Scale& scale, int lift) {
  std::vector<std::string> pieces;
  bool is_open = false;
  for (const auto& sample : samples) {
    const auto count = std::find_if(sample.files.begin(), sample.files.end(),
                                    [&](const auto& one) { return one.root == root; });
    if (count == sample.files.end()) {
      is_open = false;
      continue;
    }
    const auto point = scale.point(sample.at, count->listeners, lift);
    // A line of one point is drawn as a dot if the point is there twice.
    if (!is_open) pieces.push_back(point);
    pieces.back() += " " + point;
    is_open = true;
  }
  return pieces;
}

std::string text_at(int x, std::int64_t y, const char* anchor, const std::string& text) {
  return "<text x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(y) + "\" text-anchor=\"" +
         anchor + "\">" + text + "</text>\n";
}

std::string grid(const Samples& samples, const Scale& scale, std::size_t most) {
  std::string svg;
  for (const std::size_t listeners : {std::size_t{0}, most / 2, most}) {
    if (listeners == 0 && most / 2 == 0 && !svg.empty()) continue;
    const auto y = scale.height_of(listeners);
    svg += "<path d=\"M" + std::to_string(plot_left) + " " + std::to_string(y) + "H" +
           std::to_string(plot_right) + "\" stroke=\"currentColor\" stroke-opacity=\"0.2\"/>\n" +
           text_at(plot_left - 6, y + 4, "end", std::to_string(listeners));
  }
  constexpr int below = plot_bottom + 16;
  return svg + text_at(plot_left, below, "start", hour_and_minute(samples.front().at) + " UTC") +
         text_at(plot_right, below, "end", hour_and_minute(samples.back().at) + " UTC");
}

}  // namespace

std::string listener_chart(const Samples& samples,
                           const std::function<std::string(const hash::TreeRoot&)>& name) {
  if (samples.size() < 2) return {};
  const auto files = peaks_of(samples);
  const std::size_t most = rounded_up(files.empty() ? 1 : files.front().second);
  const Scale scale(samples.front().at, samples.back().at, most);
  const auto height = legend_top + legend_line * static_cast<int>(files.size());
  std::string svg = "<svg viewBox=\"0 0 " + std::to_string(width) + " " + std::to_string(height) +
                    "\" role=\"img\" fill=\"currentColor\" font-size=\"12\">\n"
                    "<title>Listeners of each file over time</title>\n" +
                    grid(samples, scale, most);
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto& [root, peak] = files[i];
    const std::string colour = colours[i];
    const std::string called =
        escaped_markup(printable(name(root), 90)) + " (at most " + std::to_string(peak) + ")";
    const int lift = lift_step * static_cast<int>(i);
    for (const auto& piece : pieces_of(root, samples, scale, lift)) {
      svg += "<polyline points=\"" + piece + "\" fill=\"none\" stroke=\"" + colour +
             "\" stroke-width=\"2.5\" stroke-linecap=\"round\" stroke-linejoin=\"round\"><title>" +
             called + "</title></polyline>\n";
    }
    const int y = legend_top + legend_line * static_cast<int>(i);
    svg += "<rect x=\"" + std::to_string(plot_left) + "\" y=\"" + std::to_string(y - 9) +
           "\" width=\"10\" height=\"10\" fill=\"" + colour + "\"/>\n" +
           text_at(plot_left + 18, y, "start", called);
  }
  return svg + "</svg>\n";
}

}  // namespace alluvium::gateway
