#include "gateway/stations.hpp"

#include <algorithm>

namespace alluvium::gateway {

Stations::Stations(const Station::Surroundings& surroundings, const std::vector<http::Url>& urls,
                   std::function<void()> on_change)
    : clock_(surroundings.clock), last_look_(clock_.now()) {
  for (const auto& url : urls) {
    stations_.push_back(std::make_unique<Station>(surroundings, url, on_change));
  }
}

bool Stations::name(const hash::TreeRoot& root) const {
  return std::any_of(stations_.begin(), stations_.end(),
                     [&](const auto& station) { return station->names(root); });
}

const playlist::Item* Stations::find(const http::Url& url) const {
  for (const auto& station : stations_) {
    if (const auto* item = station->find(url)) return item;
  }
  return nullptr;
}

bool Stations::look_again() {
  const Duration pause = is_any_live() ? look_again_live : look_again_after;
  if (!stations_.empty() && clock_.now() - last_look_ >= pause) {
    last_look_ = clock_.now();
    for (const auto& station : stations_) station->look();
  }
  return std::any_of(stations_.begin(), stations_.end(),
                     [](const auto& station) { return station->is_looking(); });
}

bool Stations::is_any_live() const {
  return std::any_of(stations_.begin(), stations_.end(), [](const auto& station) {
    constexpr std::chrono::seconds few{5};
    const auto& playlist = station->playlist();
    return playlist && playlist->refresh && *playlist->refresh <= few;
  });
}

bool Stations::were_all_looked_at() const {
  return std::all_of(stations_.begin(), stations_.end(),
                     [](const auto& station) { return station->was_looked_at(); });
}

std::vector<std::string> Stations::gateway_hosts() const {
  std::vector<std::string> hosts;
  for (const auto& station : stations_) {
    if (station->playlist() && station->playlist()->gateway) {
      hosts.push_back(station->playlist()->gateway->host());
    }
  }
  return hosts;
}

}  // namespace alluvium::gateway
