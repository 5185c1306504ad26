#pragma once

#include <functional>
#include <memory>

namespace alluvium {

/// A piece of work on its way. Destroying it means that nobody is told of its end any more; work
/// that has begun runs on, so it must own what it touches.
class Job {
 public:
  virtual ~Job() = default;
};

/// Where blocking work goes: disk, bulk hashing, anything that could stop the loop. `work` runs on
/// another thread, then `on_done` on the caller's, never before `run` has returned. Must outlive
/// its jobs. Implementations: uv::Workers, and one without threads for tests and the simulator.
class Workers {
 public:
  virtual ~Workers() = default;
  [[nodiscard]] virtual std::unique_ptr<Job> run(std::function<void()> work,
                                                 std::function<void()> on_done) = 0;
};

}  // namespace alluvium
