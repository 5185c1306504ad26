#pragma once

#include "core/swarm/on_air.hpp"
#include "player-bridge/programme.hpp"

#include <memory>

namespace alluvium::bridge {

/// An item that is on air, from its first byte, for one player: a programme of its own whose clock
/// lags by as much as the item has been on. Owned by that player.
class Rerun {
 public:
  /// Null if that item is not at hand.
  [[nodiscard]] static std::unique_ptr<Rerun> of(swarm::OnAir& on_air, const playlist::Slot& slot);
  ~Rerun();
  Rerun(const Rerun&) = delete;
  Rerun& operator=(const Rerun&) = delete;

  /// Call on every turn of the engine.
  void step() { programme_.step(); }
  [[nodiscard]] const Programme& programme() const { return programme_; }
  /// Its last piece has been made.
  [[nodiscard]] bool is_over() const { return programme_.is_between_items(); }

 private:
  class LateAir;
  explicit Rerun(std::unique_ptr<LateAir> air);

  std::unique_ptr<LateAir> air_;
  Programme programme_;
};

}  // namespace alluvium::bridge
