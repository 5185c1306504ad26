#pragma once

#include "core/base/workers.hpp"
#include "core/time/clock.hpp"

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>

struct uv_loop_s;

namespace alluvium::uv {

/// The event loop: the program's clock, its timers and its workers. Made in `main`, outlives
/// everything that runs on it; its destructor lets close callbacks and begun work come to their
/// end, and asserts that nothing is left. Its constructor makes the process ignore SIGPIPE.
class Loop final : public Clock, public Timers, public Workers {
 public:
  Loop();
  ~Loop() override;
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// Until `stop` is called or nothing is left to wait for.
  void run();
  /// Legal from callbacks of this loop only.
  void stop();

  [[nodiscard]] Instant now() const override;
  [[nodiscard]] WallTime wall_now() const override;
  [[nodiscard]] std::unique_ptr<Timer> make_timer(std::function<void()> on_fire) override;
  [[nodiscard]] std::unique_ptr<Job> run(std::function<void()> work,
                                         std::function<void()> on_done) override;

  /// For the other classes of this folder and for core/curl.
  [[nodiscard]] uv_loop_s* handle() const { return loop_.get(); }

 private:
  struct Delete {
    void operator()(uv_loop_s* loop) const;
  };
  std::unique_ptr<uv_loop_s, Delete> loop_;
  mutable std::uint64_t wall_tick_ = std::numeric_limits<std::uint64_t>::max();
  mutable WallTime wall_;  ///< Sampled when the loop's time was `wall_tick_`.
};

}  // namespace alluvium::uv
