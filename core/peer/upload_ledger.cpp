#include "core/peer/upload_ledger.hpp"

#include <algorithm>

namespace alluvium::peer {

void UploadLedger::on_sent(const net::IpAddress& to, std::uint64_t bytes) {
  if (!entries_.contains(to) && entries_.size() >= max_addresses) {
    entries_.erase(std::min_element(entries_.begin(), entries_.end(), [](auto& a, auto& b) {
      return a.second.last < b.second.last;
    }));
  }
  Entry& entry = entries_[to];
  entry.bytes += bytes;
  entry.last = ++sends_;
}

std::map<net::IpAddress, std::uint64_t> UploadLedger::sent() const {
  std::map<net::IpAddress, std::uint64_t> result;
  for (const auto& [address, entry] : entries_) result[address] = entry.bytes;
  return result;
}

}  // namespace alluvium::peer
