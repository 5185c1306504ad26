#include "gateway/page/listener_chart.hpp"

#include <string>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::gateway;
using namespace std::chrono_literals;

namespace {

hash::TreeRoot file(int number) {
  return hash::TreeRoot{hash::sha256(as_bytes(std::to_string(number)))};
}

/// Minute by minute, for each minute the counts of the files 0, 1, …; 0 leaves one out.
ListenerHistory history_of(const std::vector<std::vector<std::size_t>>& minutes) {
  ListenerHistory history;
  Instant now{};
  WallTime at{};
  at += 23h + 58min;
  for (const auto& counts : minutes) {
    ListenerHistory::Sample sample{at, {}};
    for (std::size_t i = 0; i < counts.size(); ++i) {
      if (counts[i] > 0) sample.files.push_back({file(static_cast<int>(i)), counts[i]});
    }
    history.add(std::move(sample), now);
    now += ListenerHistory::pause;
    at += 1min;
  }
  return history;
}

std::string drawn(const ListenerHistory& history) {
  return listener_chart(history.samples(), [](const hash::TreeRoot& root) {
    for (int i = 0; i < 20; ++i) {
      if (file(i) == root) return "<file " + std::to_string(i) + ">";
    }
    return std::string("?");
  });
}

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("a sample is due at once and then every minute, and old ones go") {
  ListenerHistory history;
  Instant now{};
  CHECK(history.is_due(now));
  for (int i = 0; i < 500; ++i) {
    history.add({WallTime() + std::chrono::minutes(i), {}}, now);
    CHECK_FALSE(history.is_due(now + 59s));
    now += 1min;
    CHECK(history.is_due(now));
  }
  CHECK(history.samples().size() == ListenerHistory::most_samples);
  CHECK(history.samples().back().at == WallTime() + 499min);
}

TEST_CASE("a sample keeps the files with most listeners") {
  const auto history = history_of({{3, 9, 1, 7, 5, 2, 8, 4, 6, 10}});
  const auto& files = history.samples().front().files;
  REQUIRE(files.size() == ListenerHistory::most_files);
  CHECK(files.front().root == file(9));
  CHECK(files.back().listeners == 3);
}

TEST_CASE("each file is a line where it had listeners, and an entry of the legend") {
  const auto svg = drawn(history_of({{10, 0}, {5, 0}, {0, 4}, {10, 4}}));
  // From the left edge to the right, 10 at the top and 0 at the bottom; the second a bit higher.
  CHECK_THAT(svg, Catch::Contains("points=\"44,28 44,28 278,114\""));
  CHECK_THAT(svg, Catch::Contains("points=\"748,28 748,28\""));
  CHECK_THAT(svg, Catch::Contains("points=\"513,129 513,129 748,129\""));
  CHECK(count(svg, "<polyline") == 3);
  CHECK(count(svg, "<rect") == 2);
  CHECK_THAT(svg, Catch::Contains("&lt;file 0&gt; (at most 10)"));
  CHECK(svg.find("<file") == std::string::npos);
  CHECK_THAT(svg, Catch::Contains("23:58 UTC") && Catch::Contains("00:01 UTC"));
}

TEST_CASE("of many files those with the highest peaks are drawn") {
  std::vector<std::vector<std::size_t>> minutes;
  for (std::size_t i = 0; i < 12; ++i) {
    std::vector<std::size_t> counts(12, 0);
    counts[i] = 100 + i;
    minutes.push_back(counts);
  }
  const auto svg = drawn(history_of(minutes));
  CHECK(count(svg, "<polyline") == 8);
  CHECK(svg.find("file 3&") == std::string::npos);
  CHECK_THAT(svg, Catch::Contains("file 4&") && Catch::Contains(">200<"));
}

TEST_CASE("there is no picture of less than two samples, and one of nobody is empty") {
  CHECK(drawn(history_of({})).empty());
  CHECK(drawn(history_of({{1}})).empty());
  const auto svg = drawn(history_of({{}, {}}));
  CHECK_THAT(svg, Catch::StartsWith("<svg ") && Catch::EndsWith("</svg>\n"));
  CHECK(count(svg, "<polyline") == 0);
}

TEST_CASE("a clock that is set back leads nowhere out of the picture") {
  ListenerHistory history;
  for (const auto minute : {10, 5, 20, 12}) {
    history.add({WallTime() + std::chrono::minutes(minute), {{file(0), 1}}}, Instant());
  }
  CHECK_THAT(drawn(history), Catch::Contains("\"44,28 44,28 44,28 748,28 748,28\""));
}
