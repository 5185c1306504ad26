#include "gateway/leases/roster.hpp"

#include <memory>
#include <new>
#include <utility>

namespace alluvium::leases {

namespace {

/// As it is without a listener.
void renew(Member& member, std::uint32_t generation) {
  std::destroy_at(&member);
  ::new (&member) Member{};
  member.generation = generation;
}

}  // namespace

MemberId Roster::join(Peer& peer) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.grow();
  }
  const std::uint32_t slot = free_.back();
  free_.pop_back();
  const std::uint32_t generation = slots_[slot].generation + 1;
  renew(slots_[slot], generation);
  slots_[slot].peer = &peer;
  return {slot, generation};
}

void Roster::leave(MemberId id) {
  strike(id);
  renew(slots_[id.slot], id.generation);
  free_.push_back(id.slot);
}

Member* Roster::find(MemberId id) {
  return const_cast<Member*>(std::as_const(*this).find(id));
}

const Member* Roster::find(MemberId id) const {
  if (id.slot >= slots_.size()) return nullptr;
  const Member& member = slots_[id.slot];
  return member.peer != nullptr && member.generation == id.generation ? &member : nullptr;
}

void Roster::set_held(MemberId id, const ChunkRuns& held, bool is_complete) {
  Member& member = slots_[id.slot];
  const auto* before = list_of(member);
  const bool stays = is_complete ? before == &complete_ : before == &partial_ && !held.empty();
  if (!stays) strike(id);
  member.held.assign(held.begin(), held.end());
  member.held.shrink_to_fit();
  member.is_complete = is_complete;
  if (!stays) enlist(id);
}

std::vector<MemberId>* Roster::list_of(const Member& member) {
  if (member.is_complete) return &complete_;
  return member.held.empty() ? nullptr : &partial_;
}

void Roster::enlist(MemberId id) {
  Member& member = slots_[id.slot];
  if (auto* list = list_of(member)) {
    member.list_place = static_cast<std::uint32_t>(list->size());
    list->push_back(id);
  }
}

void Roster::strike(MemberId id) {
  const Member& member = slots_[id.slot];
  if (auto* list = list_of(member)) {
    const MemberId last = list->back();
    (*list)[member.list_place] = last;
    slots_[last.slot].list_place = member.list_place;
    list->pop_back();
  }
}

}  // namespace alluvium::leases
