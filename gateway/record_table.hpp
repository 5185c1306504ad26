#pragma once

#include "gateway/block_list.hpp"
#include "gateway/endpoint_hash.hpp"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace alluvium::gateway {

/// Records of listeners, found by the `key` that is a member of each, or is returned by one: an
/// endpoint or an address. A record costs about six bytes beside its own, stays where it is until
/// it is erased, and has a place, a number that is its own for so long. For two million records at
/// most; whoever owns a table bounds it. `Record` can be made of nothing and of a key.
template <typename Record, auto key>
class RecordTable {
 public:
  using Key = std::remove_cvref_t<std::invoke_result_t<decltype(key), const Record&>>;
  using Place = std::uint32_t;
  static constexpr std::size_t most_records = (std::size_t{1} << 21) - 1;

  explicit RecordTable(EndpointHash hash) : hash_(hash) {}

  [[nodiscard]] std::size_t size() const { return records_.size() - free_.size(); }
  [[nodiscard]] bool contains(const Key& wanted) const { return find(wanted) != nullptr; }
  /// Null if there is none.
  [[nodiscard]] const Record* find(const Key& wanted) const {
    if (slots_.empty()) return nullptr;
    const std::uint32_t slot = slots_[slot_of(wanted)];
    return slot == nobody ? nullptr : &records_[place_in(slot)];
  }
  [[nodiscard]] Record* find(const Key& wanted) {
    return const_cast<Record*>(std::as_const(*this).find(wanted));
  }
  [[nodiscard]] std::optional<Place> place_of(const Key& wanted) const {
    if (slots_.empty()) return std::nullopt;
    const std::uint32_t slot = slots_[slot_of(wanted)];
    return slot == nobody ? std::nullopt : std::optional(place_in(slot));
  }
  [[nodiscard]] const Record& at(Place place) const { return records_[place]; }
  [[nodiscard]] Record& at(Place place) { return records_[place]; }

  /// Where the record of that key is, which is made if there was none, and whether it was made.
  std::pair<Place, bool> take(const Key& wanted) {
    if ((size() + 1) * 5 > slots_.size() * 4) grow();
    std::uint32_t& slot = slots_[slot_of(wanted)];
    if (slot != nobody) return {place_in(slot), false};
    if (free_.empty()) {
      assert(records_.size() < most_records);
      free_.push_back(static_cast<Place>(records_.size()));
      records_.grow();
    }
    const Place place = free_.back();
    free_.pop_back();
    std::destroy_at(&records_[place]);
    ::new (&records_[place]) Record{wanted};
    slot = named(place, hash_(wanted));
    return {place, true};
  }
  /// The record of that key, made if there was none.
  Record& operator[](const Key& wanted) { return records_[take(wanted).first]; }

  void erase(const Key& wanted) {
    if (slots_.empty()) return;
    std::size_t hole = slot_of(wanted);
    if (slots_[hole] == nobody) return;
    const Place place = place_in(slots_[hole]);
    // What stands behind it moves up, so that every search still ends at the first empty slot.
    for (std::size_t next = after(hole); slots_[next] != nobody; next = after(next)) {
      const std::size_t home = hash_(key_of(slots_[next])) & (slots_.size() - 1);
      const bool may_move =
          ((next - home) & (slots_.size() - 1)) >= ((next - hole) & (slots_.size() - 1));
      if (!may_move) continue;
      slots_[hole] = slots_[next];
      hole = next;
    }
    slots_[hole] = nobody;
    std::destroy_at(&records_[place]);
    ::new (&records_[place]) Record{};
    free_.push_back(place);
  }
  void clear() {
    records_.clear();
    free_.clear();
    slots_.clear();
  }

  /// Calls with each record, in no order that means anything.
  template <typename Use>
  void for_each(Use use) const {
    for (const std::uint32_t slot : slots_) {
      if (slot != nobody) use(records_[place_in(slot)]);
    }
  }
  template <typename Unwanted>
  void erase_if(Unwanted is_unwanted) {
    std::vector<Key> unwanted;
    for_each([&](const Record& record) {
      if (is_unwanted(record)) unwanted.push_back(std::invoke(key, record));
    });
    for (const auto& one : unwanted) erase(one);
  }

 private:
  // A slot names a place, from 1 on, and bits of the key's hash, so that the record of another key
  // is hardly ever looked at.
  static constexpr std::uint32_t nobody = 0;
  static constexpr unsigned place_bits = 21;
  static constexpr std::size_t first_slots = 8;

  [[nodiscard]] static Place place_in(std::uint32_t slot) {
    return (slot & ((1U << place_bits) - 1)) - 1;
  }
  [[nodiscard]] static std::uint32_t tag_of(std::size_t hash) {
    return static_cast<std::uint32_t>(static_cast<std::uint64_t>(hash) >> 32 >> place_bits);
  }
  [[nodiscard]] static std::uint32_t named(Place place, std::size_t hash) {
    return tag_of(hash) << place_bits | (place + 1);
  }
  [[nodiscard]] const Key& key_of(std::uint32_t slot) const {
    return std::invoke(key, records_[place_in(slot)]);
  }
  [[nodiscard]] std::size_t after(std::size_t slot) const {
    return (slot + 1) & (slots_.size() - 1);
  }
  /// Where the key stands, or else an empty slot for it.
  [[nodiscard]] std::size_t slot_of(const Key& wanted) const {
    const std::size_t hash = hash_(wanted);
    std::size_t at = hash & (slots_.size() - 1);
    for (; slots_[at] != nobody; at = after(at)) {
      if (slots_[at] >> place_bits != tag_of(hash)) continue;
      if (key_of(slots_[at]) == wanted) break;
    }
    return at;
  }
  void grow() {
    std::vector<std::uint32_t> before(std::max(first_slots, slots_.size() * 2), nobody);
    before.swap(slots_);
    for (const std::uint32_t slot : before) {
      if (slot == nobody) continue;
      std::size_t at = hash_(key_of(slot)) & (slots_.size() - 1);
      while (slots_[at] != nobody) at = after(at);
      slots_[at] = slot;
    }
  }

  EndpointHash hash_;
  BlockList<Record> records_;
  std::vector<Place> free_;  ///< Places whose records were erased.
  std::vector<std::uint32_t> slots_;
};

}  // namespace alluvium::gateway
