#pragma once

#include "core/router/router.hpp"
#include "core/time/clock.hpp"

#include <functional>
#include <memory>

namespace alluvium::router {

/// How it stands with the port, for the page and for programs.
struct PortMapping {
  enum class State {
    off,     ///< Not asked for: nothing is shared, or the person does not want it.
    asking,  ///< Nothing is known yet.
    open,
    failed,  ///< It is asked again later.
  };
  State state = State::off;
  std::optional<Mapping> mapping;     ///< While it is open.
  std::vector<FailedAttempt> failed;  ///< Why not, of the last time that it was asked for.

  bool operator==(const PortMapping&) const = default;
};

/// Has the router lead one of its ports to ours for as long as others are to find us: asks, asks
/// again at half of what was granted, with growing pauses while it is refused, and soon after this
/// machine has slept, since it may be in another network then. One errand at a time; what is open
/// is taken back before another port is asked for. Nothing that the router says is used but the
/// port it grants. Pure; owned by the node.
class PortMapper {
 public:
  static constexpr std::chrono::seconds lifetime = std::chrono::hours(1);
  static constexpr Duration first_pause = std::chrono::minutes(1);
  static constexpr Duration longest_pause = std::chrono::minutes(30);
  /// As long as leaving may take.
  static constexpr Duration patience_at_the_end = std::chrono::milliseconds(900);

  /// `on_change` is called when `status()` has changed, but not from within a call to this class.
  PortMapper(Router& router, MapPort how, const Clock& clock, Timers& timers,
             std::function<void()> on_change);

  /// Where others are to find us on this machine; 0 if nothing is shared any more.
  void set_port(std::uint16_t port);
  /// Takes back what is open, as far as that can be done in a moment; then calls once. No change is
  /// told any more.
  void leave(std::function<void()> on_done);

  [[nodiscard]] const PortMapping& status() const { return status_; }
  /// The router's port that leads to the one that was set last, if there is one.
  [[nodiscard]] std::optional<std::uint16_t> external_port() const;

 private:
  void pursue();
  void tick();
  void open();
  void take_back();
  void on_opened(const Outcome& outcome);
  void on_closed();
  void fail(std::vector<FailedAttempt> failed);
  void arm_tick();
  void show(PortMapping status);
  void finish_leaving();
  void drop_if_lost();

  Router& router_;
  MapPort how_;
  const Clock& clock_;
  std::function<void()> on_change_;
  std::unique_ptr<Timer> tick_;
  std::unique_ptr<Timer> soon_;
  std::unique_ptr<Timer> leaving_;
  std::unique_ptr<Job> job_;  ///< The errand that is being run.

  std::uint16_t port_ = 0;             ///< What is wanted.
  std::uint16_t asked_port_ = 0;       ///< What the errand is about.
  std::optional<Mapping> open_;        ///< What the router has granted and we have not taken back.
  Instant expires_{};                  ///< When that ends of itself.
  std::vector<FailedAttempt> failed_;  ///< The last time that it was asked for in vain.
  Instant due_{};                      ///< When it is to be asked for (again).
  Duration pause_ = first_pause;
  Instant ticked_{};
  WallTime ticked_wall_{};
  PortMapping status_;
  std::function<void()> on_left_;
};

}  // namespace alluvium::router
