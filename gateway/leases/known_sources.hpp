#pragma once

#include "core/base/random.hpp"
#include "gateway/leases/limits.hpp"
#include "gateway/leases/places.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace alluvium::leases {

/// Members that asked for one chunk, or were among the few that held it. Beyond `known_sources` it
/// is a fair sample of them all (Vitter's reservoir), so that the uplinks of late ones are used as
/// well. Whether one still has the chunk, or is getting it, is to be seen when it is drawn.
class KnownSources {
 public:
  void add(MemberId id, Random& random) {
    ++seen_;
    if (ids_.size() < known_sources) {
      ids_.push_back(id);
      return;
    }
    const std::uint64_t place = random.below(seen_);
    if (place < ids_.size()) ids_[static_cast<std::size_t>(place)] = id;
  }
  /// The order of the others changes.
  void remove_at(std::size_t place) {
    ids_[place] = ids_.back();
    ids_.pop_back();
  }
  void swap(std::size_t a, std::size_t b) { std::swap(ids_[a], ids_[b]); }
  [[nodiscard]] const std::vector<MemberId>& all() const { return ids_; }

 private:
  std::vector<MemberId> ids_;
  std::uint64_t seen_ = 0;
};

}  // namespace alluvium::leases
