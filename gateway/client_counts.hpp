#pragma once

#include "gateway/endpoint_hash.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace alluvium::gateway {

/// How many of something each client has, to limit it or to let it spend that. A client
/// (`net::client_of`) is known here by 32 bits of a hash that nobody outside can foresee: of a
/// hundred thousand, two may be counted as one and have one limit between them. Eight bytes for
/// each that has any, and the table's slack.
class ClientCounts {
 public:
  explicit ClientCounts(EndpointHash hash) : hash_(hash) {}

  [[nodiscard]] std::uint32_t of(const net::IpAddress& client) const {
    return slots_.empty() ? 0 : slots_[slot_of(name_of(client))].count;
  }
  [[nodiscard]] std::size_t size() const { return size_; }
  void add(const net::IpAddress& client, std::uint32_t count = 1) {
    if (count == 0) return;
    if ((size_ + 1) * 5 > slots_.size() * 4) grow();
    Slot& slot = slots_[slot_of(name_of(client))];
    if (slot.count == 0) ++size_;
    slot.name = name_of(client);
    slot.count += count;
  }
  /// Of those it has.
  void remove(const net::IpAddress& client, std::uint32_t count = 1) {
    if (count == 0) return;
    std::size_t hole = slot_of(name_of(client));
    slots_[hole].count -= count;
    if (slots_[hole].count > 0) return;
    --size_;
    // What stands behind it moves up, so that every search still ends at the first empty slot.
    for (std::size_t next = after(hole); slots_[next].count != 0; next = after(next)) {
      if (distance(slots_[next].name, next) < distance(hole, next)) continue;
      slots_[hole] = slots_[next];
      slots_[next].count = 0;
      hole = next;
    }
  }
  void clear() {
    slots_.clear();
    size_ = 0;
  }

 private:
  struct Slot {
    std::uint32_t name = 0;
    std::uint32_t count = 0;  ///< 0: nobody.
  };
  static constexpr std::size_t first_slots = 8;

  [[nodiscard]] std::uint32_t name_of(const net::IpAddress& client) const {
    return static_cast<std::uint32_t>(hash_(client));
  }
  [[nodiscard]] std::size_t after(std::size_t slot) const {
    return (slot + 1) & (slots_.size() - 1);
  }
  [[nodiscard]] std::size_t distance(std::size_t from, std::size_t to) const {
    return (to - from) & (slots_.size() - 1);
  }
  /// Where that client stands, or else an empty slot for it.
  [[nodiscard]] std::size_t slot_of(std::uint32_t name) const {
    std::size_t at = name & (slots_.size() - 1);
    while (slots_[at].count != 0 && slots_[at].name != name) at = after(at);
    return at;
  }
  void grow() {
    std::vector<Slot> before(std::max(first_slots, slots_.size() * 2));
    before.swap(slots_);
    for (const Slot& slot : before) {
      if (slot.count != 0) slots_[slot_of(slot.name)] = slot;
    }
  }

  EndpointHash hash_;
  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

}  // namespace alluvium::gateway
