#include "gateway/locations.hpp"

#include <algorithm>

namespace alluvium::gateway {

std::vector<std::string> Locations::in_order(std::size_t most) const {
  std::vector<std::string> urls = peers;
  for (const auto& mirror : mirrors) urls.push_back(mirror.text());
  const std::size_t room = most - std::min(most, origins.size());
  urls.resize(std::min(urls.size(), room));
  for (const auto& origin : origins) urls.push_back(origin.text());
  return urls;
}

std::string peer_url(const net::Endpoint& peer, const hash::TreeRoot& root) {
  return "http://" + peer.text() + "/uri-res/N2R?" + root.urn();
}

}  // namespace alluvium::gateway
