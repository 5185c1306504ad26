#pragma once

#include "core/http/handler.hpp"
#include "core/playlist/playlist.hpp"
#include "player-bridge/programme.hpp"

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace alluvium::bridge {

class Player;

/// How a mount serves its players.
struct MountSettings {
  /// A player may ask for the item on air from its beginning (`?start=over`).
  bool allows_start_over = false;
  /// How much of the stream a player is sent at a time: fewer, larger writes cost less.
  Duration write_every = std::chrono::seconds(1);
};

/// One endless stream as Icecast's clients expect it, for any number of players. A player that
/// connects gets what is due now and at once all that is due in the next seconds, then what becomes
/// due, so that its buffer stays about as full. While the item's type is not known it waits without
/// an answer; so it does where a station has items of several types and what is on is none of those
/// that the player names. A player that lags is dropped, alone; where what comes next cannot follow
/// in the same connection (another content type, a container that cannot be chained), all streams
/// end at the seam so that players come back.
class Mount {
 public:
  Mount(swarm::OnAir& on_air, MountSettings settings);

  /// Answers GET and HEAD of the mount.
  [[nodiscard]] std::unique_ptr<http::Exchange> serve(const http::Request& request,
                                                      http::Responder& responder);
  /// Takes in what has become available and gives every player what has become due. Call on every
  /// turn of the engine.
  void on_turn();
  void set_station(const playlist::Playlist& playlist);

  [[nodiscard]] const Programme& programme() const { return programme_; }
  [[nodiscard]] std::vector<std::string> take_remarks() { return programme_.take_remarks(); }
  [[nodiscard]] std::size_t players() const { return count_; }

 private:
  friend class Player;

  /// The bytes of the programme's pieces [begin, end), made once for all players that are at the
  /// same place.
  [[nodiscard]] const Slice& batch(std::uint64_t begin, std::uint64_t end);
  [[nodiscard]] http::ResponseHead head(const Track& track, bool knows_icy,
                                        bool wants_titles) const;
  /// Its items are of several types.
  [[nodiscard]] bool is_mixed() const { return types_.size() > 1; }
  /// A mixed station has items of a type that this `Accept` names.
  [[nodiscard]] bool has_some_for(std::string_view accept) const;
  /// Where in the round of writes a new player has its place, in [0, 1): spread evenly, whatever
  /// their number.
  [[nodiscard]] double next_phase();
  std::size_t enlist(Player& player);
  void strike_off(std::size_t place);

  struct Batch {
    std::uint64_t begin;
    std::uint64_t end;
    Slice bytes;
  };

  swarm::OnAir& on_air_;
  MountSettings settings_;
  Programme programme_;
  std::string station_title_;
  std::string station_link_;
  std::string station_description_;
  std::set<std::string> types_;   ///< MIME types in the playlist, as far as it says.
  std::vector<Player*> players_;  ///< Null where one has left since the last turn.
  std::size_t count_ = 0;
  double phase_ = 0;
  std::vector<Batch> batches_;  ///< Of this turn.
};

}  // namespace alluvium::bridge
