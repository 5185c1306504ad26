#pragma once

#include "core/base/random.hpp"
#include "gateway/leases/lease_book.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace alluvium::leases::test {

/// Listeners that do as they are told, in steps of 25 ms: they announce every 250 ms, fetch leased
/// chunks from the origin, serve what they hold first come first served at 10 Mbit/s, and wait in
/// line where they were sent. Some may be dead, without a word, or lie about what they hold.
class Crowd {
 public:
  struct Settings {
    std::uint32_t listeners = 10'000;
    std::uint32_t chunks = 300;
    Duration joining = std::chrono::milliseconds(500);  ///< They join within so long.
    std::uint64_t seed = 1;
  };
  static constexpr std::uint32_t origin = UINT32_MAX - 1;
  static constexpr std::uint32_t nobody = UINT32_MAX;
  static constexpr Duration step_time = std::chrono::milliseconds(25);

  explicit Crowd(const Settings& settings);

  /// Lets one step pass.
  void step();
  /// Whether all who are alive hold everything.
  [[nodiscard]] bool is_done() const;

  void kill(std::uint32_t n) { listeners_[n].is_alive = false; }
  void make_liar(std::uint32_t n) { listeners_[n].is_liar = true; }
  void leave(std::uint32_t n);
  /// What it is fetching from the origin fails.
  void fail_leases(std::uint32_t n);

  struct Line {
    std::uint32_t source = nobody;  ///< A listener, or the origin.
    Ticket ticket = 0;              ///< Its own; 0: none yet.
    std::uint32_t depth = 0;        ///< So many others before the one that holds it.
    Instant until{};                ///< Waits so long.
    Instant arrives{};              ///< From the origin.
  };
  struct Listener {
    bool is_alive = true;
    bool is_liar = false;
    bool has_left = false;
    std::uint32_t missing = 0;
    Instant next_announce{};
    std::vector<std::uint8_t> has;
    std::vector<std::uint8_t> told;  ///< What the gateway was told it has.
    std::vector<Line> lines;
    std::vector<std::uint32_t> runs;  ///< Its own order for what is not urgent.
    std::vector<std::pair<std::uint32_t, std::uint32_t>> queue;  ///< Who waits here for what.
    std::vector<std::pair<std::uint32_t, std::uint32_t>> urgent_queue;  ///< Goes first.
    double credit = 0;
    std::vector<Failure> failures;
    std::set<std::uint32_t> reported;  ///< Whom it has reported.
  };
  [[nodiscard]] const std::vector<Listener>& all() const { return listeners_; }
  [[nodiscard]] std::uint32_t chunks() const { return settings_.chunks; }
  [[nodiscard]] const LeaseBook& book() const { return book_; }
  [[nodiscard]] Instant now() const { return now_; }
  [[nodiscard]] std::uint64_t fetched() const { return fetched_; }
  [[nodiscard]] std::uint64_t announces() const { return announces_; }
  [[nodiscard]] Duration answering() const { return answering_; }

  /// Called for each chunk of each answer, before it is obeyed.
  std::function<void(std::uint32_t asker, std::uint32_t chunk, const Given&)> on_given;
  /// Called before a listener says what it holds.
  std::function<void(std::uint32_t n)> on_announce;
  /// Called when a failure is about to be reported.
  std::function<void(std::uint32_t n, const Failure&)> on_report;

  [[nodiscard]] static net::Endpoint at(std::uint32_t n);

 private:
  void announce(std::uint32_t n);
  [[nodiscard]] std::vector<Want> wants_of(const Listener& listener) const;
  void obey(std::uint32_t n, const Given& given);
  void receive(std::uint32_t n, std::uint32_t chunk);
  void serve(std::uint32_t n, std::vector<std::pair<std::uint32_t, std::uint32_t>>& queue);
  void give_up(std::uint32_t n);

  Settings settings_;
  Random random_;
  LeaseBook book_;
  hash::TreeRoot root_{{7}};
  Instant now_{std::chrono::hours(1)};
  std::vector<Listener> listeners_;
  std::map<net::Endpoint, std::uint32_t> numbers_;
  std::uint64_t fetched_ = 0;
  std::uint64_t announces_ = 0;
  Duration answering_{};  ///< Processor time spent in the book.
};

}  // namespace alluvium::leases::test
