#include "gateway/leases/lease_table.hpp"

namespace alluvium::leases {

const Lease* LeaseTable::find(hash::ChunkIndex chunk) const {
  const auto lease = leases_.find(chunk);
  return lease == leases_.end() ? nullptr : &lease->second;
}

Lease* LeaseTable::find(hash::ChunkIndex chunk) {
  const auto lease = leases_.find(chunk);
  return lease == leases_.end() ? nullptr : &lease->second;
}

void LeaseTable::grant(hash::ChunkIndex chunk, const Lease& lease, Instant expires) {
  Lease& made = leases_.insert_or_assign(chunk, lease).first->second;
  made.expires = expires;
  by_expiry_.emplace(expires, chunk);
}

void LeaseTable::set_expiry(hash::ChunkIndex chunk, Instant expires) {
  Lease& lease = leases_.at(chunk);
  by_expiry_.erase({lease.expires, chunk});
  lease.expires = expires;
  by_expiry_.emplace(expires, chunk);
}

void LeaseTable::end(hash::ChunkIndex chunk) {
  const auto lease = leases_.find(chunk);
  by_expiry_.erase({lease->second.expires, chunk});
  leases_.erase(lease);
}

std::optional<hash::ChunkIndex> LeaseTable::expired(Instant now) const {
  if (by_expiry_.empty() || now < by_expiry_.begin()->first) return std::nullopt;
  return by_expiry_.begin()->second;
}

std::vector<hash::ChunkIndex> LeaseTable::in(const ChunkRuns& runs) const {
  std::vector<hash::ChunkIndex> chunks;
  for (const auto& run : runs) {
    for (auto lease = leases_.lower_bound(run.begin);
         lease != leases_.end() && lease->first < run.end; ++lease) {
      chunks.push_back(lease->first);
    }
  }
  return chunks;
}

std::vector<hash::ChunkIndex> LeaseTable::of(MemberId holder) const {
  std::vector<hash::ChunkIndex> chunks;
  for (const auto& [chunk, lease] : leases_) {
    if (lease.holder == holder) chunks.push_back(chunk);
  }
  return chunks;
}

}  // namespace alluvium::leases
