#pragma once

#include "core/http/handler.hpp"
#include "core/playlist/playlist.hpp"
#include "player-bridge/programme.hpp"

#include <memory>
#include <optional>
#include <set>
#include <string>

namespace alluvium::bridge {

class Player;

/// One endless stream as Icecast's clients expect it, for any number of players. A player that
/// connects gets what is due now and at once all that is due in the next seconds, then what becomes
/// due, so that its buffer stays as full. While the item's type is not known it waits without an
/// answer. A player that lags is dropped, alone; when the content type changes between items, all
/// streams end at the seam so that players come back.
class Mount {
 public:
  explicit Mount(const Programme& programme) : programme_(programme) {}

  /// Answers GET and HEAD of the mount.
  [[nodiscard]] std::unique_ptr<http::Exchange> serve(const http::Request& request,
                                                      http::Responder& responder);
  /// Gives every player what has become due. Call after each `Programme::step`.
  void on_turn();
  void set_station(const playlist::Playlist& playlist);
  [[nodiscard]] std::size_t players() const { return players_.size(); }

 private:
  friend class Player;

  /// The bytes of the pieces [begin, end), made once for all players that are at the same place.
  [[nodiscard]] const Slice& batch(std::uint64_t begin, std::uint64_t end);
  [[nodiscard]] http::ResponseHead head(const Track& track, bool wants_titles) const;

  const Programme& programme_;
  std::string station_title_;
  std::string station_link_;
  std::string station_description_;
  std::set<Player*> players_;
  std::uint64_t batch_begin_ = 0;
  std::uint64_t batch_end_ = 0;
  Slice batch_;
};

}  // namespace alluvium::bridge
