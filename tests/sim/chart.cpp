#include "tests/sim/report.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>

namespace alluvium::sim {

namespace {

constexpr double width = 420;
constexpr double height = 300;
constexpr double margin = 56;

struct Line {
  const char* name;
  const char* colour;
  std::function<double(const Row&)> value;
};

template <typename... Values>
std::string formatted(const char* pattern, Values... values) {
  char line[500];
  std::snprintf(line, sizeof line, pattern, values...);
  return line;
}

/// The next one upwards of 1, 2, 5, 10, 20, ...
double round_up(double value) {
  const double power = std::pow(10, std::floor(std::log10(std::max(value, 1e-6))));
  for (const double step : {1.0, 2.0, 5.0}) {
    if (step * power >= value) return step * power;
  }
  return 10 * power;
}

/// A chart whose left edge stands at `left`: N in powers of ten to the right, `lines` upwards.
std::string chart(const std::vector<Row>& rows, double left, const char* title,
                  const std::vector<Line>& lines) {
  double top = 0;
  for (const Row& row : rows) {
    for (const Line& line : lines) top = std::max(top, line.value(row));
  }
  top = round_up(top);
  const double least = std::log10(std::max(1u, rows.front().scenario.listeners));
  const double most = std::log10(std::max(1u, rows.back().scenario.listeners));
  const auto x = [&](const Row& row) {
    const double n = std::log10(std::max(1u, row.scenario.listeners));
    return left + margin +
           (most > least ? (n - least) / (most - least) : 0.5) * (width - 2 * margin);
  };
  const auto y = [&](double value) {
    return height - margin - value / top * (height - 2 * margin);
  };
  std::string text =
      formatted("<text x='%.0f' y='24' font-size='15'>%s</text>\n", left + margin, title);
  for (int i = 0; i <= 4; ++i) {
    const double value = top * i / 4;
    text += formatted(
        "<path d='M%.0f %.1fh%.0f' stroke='#ddd'/><text x='%.0f' y='%.1f' "
        "text-anchor='end'>%g</text>\n",
        left + margin, y(value), width - 2 * margin, left + margin - 6, y(value) + 4, value);
  }
  for (const Row& row : rows) {
    text += formatted("<text x='%.1f' y='%.0f' text-anchor='middle'>%u</text>\n", x(row),
                      height - margin + 18, row.scenario.listeners);
  }
  double key_y = height - 14;
  double key_x = left + margin;
  for (const Line& line : lines) {
    text += formatted("<path fill='none' stroke='%s' stroke-width='2' d='", line.colour);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      text += formatted("%c%.1f %.1f", i == 0 ? 'M' : 'L', x(rows[i]), y(line.value(rows[i])));
    }
    text += "'/>\n";
    for (const Row& row : rows) {
      text += formatted("<circle cx='%.1f' cy='%.1f' r='3' fill='%s'/>", x(row), y(line.value(row)),
                        line.colour);
    }
    text += formatted("<text x='%.0f' y='%.0f' fill='%s'>%s</text>\n", key_x, key_y, line.colour,
                      line.name);
    key_x += 90;
  }
  return text;
}

double sound(const Row& row, double quantile) {
  return std::chrono::duration<double>(row.outcome.first_sound(quantile)).count();
}

}  // namespace

std::string svg(std::vector<Row> rows) {
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return a.scenario.listeners < b.scenario.listeners;
  });
  std::string text = formatted(
      "<svg xmlns='http://www.w3.org/2000/svg' width='%.0f' height='%.0f' font-family='sans-serif' "
      "font-size='11'>\n<rect width='100%%' height='100%%' fill='white'/>\n",
      2 * width, height);
  if (!rows.empty()) {
    text +=
        chart(rows, 0, "Copies over listeners",
              {{"origin", "#06c", [](const Row& r) { return r.outcome.copies(); }},
               {"with gateway", "#c60", [](const Row& r) { return r.outcome.egress_copies(); }}});
    text += chart(rows, width, "First sound, seconds, over listeners",
                  {{"median", "#06c", [](const Row& r) { return sound(r, 0.5); }},
                   {"p99", "#c60", [](const Row& r) { return sound(r, 0.99); }},
                   {"last", "#999", [](const Row& r) { return sound(r, 1); }}});
  }
  return text + "</svg>\n";
}

}  // namespace alluvium::sim
