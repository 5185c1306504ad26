#pragma once

#include "core/time/clock.hpp"
#include "gateway/station.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace alluvium::gateway {

/// The playlists this gateway subscribes to, as one: what they name may be fetched. Owned by
/// Gateway.
class Stations {
 public:
  /// What no playlist names makes it look again, at most this often;
  static constexpr Duration look_again_after = std::chrono::seconds(5);
  /// where there are live shows this often: listeners name a part as soon as one of them has seen
  /// it.
  static constexpr Duration look_again_live = std::chrono::milliseconds(250);

  /// `on_change` is called at the end of every look at any station.
  Stations(const Station::Surroundings& surroundings, const std::vector<http::Url>& urls,
           std::function<void()> on_change);

  /// Whether a playlist has this file, also as a mirror.
  [[nodiscard]] bool name(const http::Url& url) const { return find(url) != nullptr; }
  [[nodiscard]] bool name(const hash::TreeRoot& root) const;
  /// The first entry with this URL; null if there is none.
  [[nodiscard]] const playlist::Item* find(const http::Url& url) const;
  /// True if a look at some station is under way, perhaps because of this call.
  [[nodiscard]] bool look_again();

  /// Whether some playlist asks to be looked at every few seconds: there is a live show, or one may
  /// begin.
  [[nodiscard]] bool is_any_live() const;
  [[nodiscard]] bool were_all_looked_at() const;
  /// The hosts under which playlists name this gateway.
  [[nodiscard]] std::vector<std::string> gateway_hosts() const;
  [[nodiscard]] const std::vector<std::unique_ptr<Station>>& all() const { return stations_; }

 private:
  const Clock& clock_;
  std::vector<std::unique_ptr<Station>> stations_;
  Instant last_look_;
};

}  // namespace alluvium::gateway
