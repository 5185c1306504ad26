#include "tests/sim/report.hpp"

#include <cstdio>

namespace alluvium::sim {

namespace {

double milliseconds(Duration d) {
  return std::chrono::duration<double, std::milli>(d).count();
}

template <typename... Values>
std::string formatted(const char* pattern, Values... values) {
  char line[400];
  std::snprintf(line, sizeof line, pattern, values...);
  return line;
}

std::string lines_of(const char* server, const Traffic& traffic, Duration line,
                     std::uint32_t listeners) {
  std::string text = formatted("  %s, whose line kept something for %.0f ms at most:\n", server,
                               milliseconds(line));
  for (const auto& [what, sent] : traffic) {
    text += formatted("    %-28s %8llu answers, %6.0f + %6.0f bytes of head and body a listener\n",
                      what.c_str(), static_cast<unsigned long long>(sent.answers),
                      static_cast<double>(sent.head_bytes) / listeners,
                      static_cast<double>(sent.body_bytes) / listeners);
  }
  return text;
}

}  // namespace

std::string table_head() {
  return formatted("%7s %8s %8s | %21s | %10s %7s %7s | %8s %9s %8s\n", "", "origin", "egress",
                   "first sound, ms", "missed", "heard", "have", "beyond", "gateway", "wall") +
         formatted("%7s %8s %8s | %6s %7s %6s | %10s %7s %7s | %8s %9s %8s\n", "N", "copies",
                   "copies", "p50", "p99", "max", "bytes", "none", "all", "file, %", "bytes/N",
                   "s");
}

std::string table_line(const Row& row) {
  const Outcome& o = row.outcome;
  return formatted("%7u %8.3f %8.3f | %6.0f %7.0f %6.0f | %10llu %7u %7u | %8.2f %9.0f %8.2f\n",
                   row.scenario.listeners, o.copies(), o.egress_copies(),
                   milliseconds(o.first_sound(0.5)), milliseconds(o.first_sound(0.99)),
                   milliseconds(o.first_sound(1)), static_cast<unsigned long long>(o.missed_bytes),
                   o.unheard, o.complete, o.beyond_percent(),
                   o.gateway_bytes_per_listener(row.scenario.listeners), o.wall_seconds);
}

std::string traffic_lines(const Row& row) {
  const Outcome& o = row.outcome;
  const std::uint32_t listeners = row.scenario.listeners;
  return lines_of("gateway", o.gateway_traffic, o.gateway_line, listeners) +
         lines_of("origin", o.origin_traffic, o.origin_line, listeners);
}

std::string csv(const std::vector<Row>& rows) {
  std::string text =
      "listeners,seed,file_bytes,origin_copies,egress_copies,hashing_copies,first_sound_p50_ms,"
      "first_sound_p99_ms,first_sound_max_ms,counted,heard_nothing,complete,missed_bytes,gaps,"
      "false_bytes,beyond_percent,gateway_bytes_per_listener,answers,events,trace,wall_seconds\n";
  for (const Row& row : rows) {
    const Outcome& o = row.outcome;
    const auto number = [](std::uint64_t n) { return static_cast<unsigned long long>(n); };
    text += formatted(
        "%u,%llu,%llu,%.4f,%.4f,%.4f,%.1f,%.1f,%.1f,%u,%u,%u,%llu,%llu,%llu,%.3f,%.0f,%llu,%llu,%"
        "016llx,"
        "%.2f\n",
        row.scenario.listeners, number(row.scenario.seed), number(o.file_bytes), o.copies(),
        o.egress_copies(), static_cast<double>(o.hashing_bytes) / static_cast<double>(o.file_bytes),
        milliseconds(o.first_sound(0.5)), milliseconds(o.first_sound(0.99)),
        milliseconds(o.first_sound(1)), o.counted, o.unheard, o.complete, number(o.missed_bytes),
        number(o.gaps), number(o.false_bytes), o.beyond_percent(),
        o.gateway_bytes_per_listener(row.scenario.listeners), number(o.trace.notes()),
        number(o.events), number(o.trace.hash()), o.wall_seconds);
  }
  return text;
}

}  // namespace alluvium::sim
