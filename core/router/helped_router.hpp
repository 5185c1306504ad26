#pragma once

#include "core/router/router.hpp"
#include "core/uv/loop.hpp"

namespace alluvium::router {

/// Asks the router in a process of its own: the libraries that speak to it wait for as long as it
/// pleases the other side, keep all that it sends, and have had holes through which a device in the
/// network could come in. There, time, memory and harm are bounded from outside. The process is
/// this program once more, whose `main` has to call `run_as_helper`.
class HelpedRouter final : public Router {
 public:
  /// `program`: the path that is run.
  explicit HelpedRouter(uv::Loop& loop, std::string program = "/proc/self/exe")
      : loop_(loop), program_(std::move(program)) {}

  [[nodiscard]] std::unique_ptr<Job> open(const PortRequest& request,
                                          std::function<void(const Outcome&)> on_done) override;
  [[nodiscard]] std::unique_ptr<Job> close(const Mapping& mapping,
                                           std::function<void()> on_done) override;

 private:
  uv::Loop& loop_;
  std::string program_;
};

}  // namespace alluvium::router
