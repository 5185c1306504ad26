// The players of many_players.py: `many-players ADDRESS PORT PATH PLAYERS [titles]` connects them
// all at once, and for each line on standard input prints one of JSON on what they have met since
// the last; ends with its input.

#include "tests/bench/crowd.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string_view>

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace {

using alluvium::bench::Crowd;
using alluvium::bench::CrowdReport;

Crowd::Stream stream_of(char** arguments, bool wants_titles) {
  Crowd::Stream stream{{}, arguments[2], wants_titles};
  stream.server.sin_family = AF_INET;
  stream.server.sin_port = htons(static_cast<std::uint16_t>(std::atoi(arguments[1])));
  inet_pton(AF_INET, arguments[0], &stream.server.sin_addr);
  return stream;
}

double quantile(const std::vector<double>& ascending, double q) {
  if (ascending.empty()) return 0;
  const auto last = static_cast<double>(ascending.size() - 1);
  return ascending[static_cast<std::size_t>(q * last + 0.5)];
}

void print(const CrowdReport& report) {
  const auto& first = report.first_byte_milliseconds;
  std::printf(R"({"seconds": %.3f, "hearing": %zu, "lost": %zu, "rate": %.1f, "least_rate": %.1f, )"
              R"("gap_ms": %.1f, "first_byte_ms": {"median": %.1f, "p99": %.1f, "worst": %.1f}})"
              "\n",
              report.seconds, report.hearing, report.lost, report.bytes_per_second,
              report.least_bytes_per_second, report.gap_milliseconds, quantile(first, 0.5),
              quantile(first, 0.99), quantile(first, 1));
  std::fflush(stdout);
}

/// Serves the crowd until the input ends.
void run(Crowd& crowd) {
  fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK);
  crowd.watch(STDIN_FILENO);
  std::array<char, 64> input{};
  for (;;) {
    crowd.turn(std::chrono::milliseconds(100));
    const auto got = read(STDIN_FILENO, input.data(), input.size());
    if (got == 0) return;
    const auto lines = got < 0 ? 0 : std::count(input.data(), input.data() + got, '\n');
    for (auto i = lines; i > 0; --i) print(crowd.take_report());
  }
}

}  // namespace

int main(int argc, char** argv) {
  const bool wants_titles = argc == 6 && std::string_view(argv[5]) == "titles";
  if (argc != 5 && !wants_titles) {
    std::fprintf(stderr, "usage: many-players ADDRESS PORT PATH PLAYERS [titles]\n");
    return 2;
  }
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  try {
    Crowd crowd(stream_of(argv + 1, wants_titles), std::strtoul(argv[4], nullptr, 10));
    run(crowd);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "many-players: %s\n", error.what());
    return 1;
  }
  return 0;
}
