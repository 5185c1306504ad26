#include "player-bridge/rerun.hpp"

#include <utility>

namespace alluvium::bridge {

/// A schedule of one item, whose start is when the rerun began.
class Rerun::LateAir final : public swarm::OnAir {
 public:
  LateAir(const swarm::OnAir& on_air, const playlist::Slot& slot,
          std::unique_ptr<swarm::OnAirItem> item)
      : on_air_(on_air),
        shift_(on_air.programme_now() - slot.start),
        schedule_(only(item->item(), slot)),
        item_(std::move(item)) {}

  WallTime programme_now() const override { return on_air_.programme_now() - shift_; }
  const playlist::Schedule* schedule() const override { return &schedule_; }
  swarm::OnAirItem* on_air_item(const playlist::Slot&) override { return item_.get(); }
  std::unique_ptr<swarm::OnAirItem> another_reader(const playlist::Slot&) override {
    return nullptr;
  }

 private:
  static playlist::Playlist only(playlist::Item item, const playlist::Slot& slot) {
    item.start = slot.start;
    item.end = slot.end;
    item.is_filler = false;
    item.is_live = false;
    playlist::Playlist list;
    list.items.push_back(std::move(item));
    return list;
  }

  const swarm::OnAir& on_air_;
  std::chrono::milliseconds shift_;
  playlist::Schedule schedule_;
  std::unique_ptr<swarm::OnAirItem> item_;
};

std::unique_ptr<Rerun> Rerun::of(swarm::OnAir& on_air, const playlist::Slot& slot) {
  auto item = on_air.another_reader(slot);
  if (item == nullptr) return nullptr;
  return std::unique_ptr<Rerun>(
      new Rerun(std::make_unique<LateAir>(on_air, slot, std::move(item))));
}

Rerun::Rerun(std::unique_ptr<LateAir> air)
    : air_(std::move(air)), programme_(*air_, Programme::Gaps::nothing) {}
Rerun::~Rerun() = default;

}  // namespace alluvium::bridge
