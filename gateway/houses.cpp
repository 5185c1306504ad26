#include "gateway/houses.hpp"

#include "core/net/client_of.hpp"

#include <algorithm>
#include <utility>

namespace alluvium::gateway {

void Houses::enter(const net::Endpoint& who, const std::vector<net::Endpoint>& places,
                   Instant now) {
  const net::IpAddress house = net::client_of(who.address);
  if (houses_.size() >= most_houses && houses_.count(house) == 0) return;
  auto& mates = houses_[house];
  const auto known =
      std::find_if(mates.begin(), mates.end(), [&](const Mate& mate) { return mate.who == who; });
  if (known != mates.end()) {
    *known = {who, places, now};
  } else if (mates.size() < most_mates && mates_ < most_in_all) {
    mates.push_back({who, places, now});
    ++mates_;
  }
}

std::vector<Houses::Mate> Houses::others(const net::Endpoint& who, Instant now) {
  std::vector<Mate> others;
  const auto house = houses_.find(net::client_of(who.address));
  if (house == houses_.end()) return others;
  for (const Mate& mate : house->second) {
    if (mate.who != who && now - mate.heard < lifetime) others.push_back(mate);
  }
  for (std::size_t i = others.size(); i > 1; --i) {
    std::swap(others[i - 1], others[static_cast<std::size_t>(random_.below(i))]);
  }
  return others;
}

void Houses::tidy(Instant now) {
  for (auto& [house, mates] : houses_) {
    mates_ -= std::erase_if(mates, [&](const Mate& mate) { return now - mate.heard >= lifetime; });
  }
  std::erase_if(houses_, [](const auto& entry) { return entry.second.empty(); });
}

}  // namespace alluvium::gateway
