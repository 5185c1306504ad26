#pragma once

#include "core/http/url.hpp"
#include "core/playlist/playlist.hpp"
#include "core/time/clock.hpp"

#include <chrono>
#include <deque>
#include <optional>
#include <vector>

namespace alluvium::broadcaster {

/// What the playlist has to know of the show besides its parts. Value type.
struct ShowState {
  bool is_on = false;             ///< There are parts, and more are to come.
  WallTime since{};               ///< When the first of them is heard.
  std::optional<WallTime> until;  ///< When it is planned to end; none if that is open.
  bool is_expected = false;       ///< A source is there that has sent no whole part yet.
  std::chrono::seconds poll{3};   ///< How often listeners shall look while none is on.
};

/// The parts of live shows that listeners may still want, and what the playlist says at an instant:
/// the schedule with those parts in front of it. Pure; owned by the station.
class LivePlaylist {
 public:
  /// Parts that have been over for so long are in the playlist no more. Listeners whose clocks or
  /// players are behind still hear them.
  static constexpr std::chrono::seconds kept_in_playlist{10};
  /// And after so long their files go too.
  static constexpr std::chrono::seconds kept_as_file{70};
  /// Listeners fetch what begins within half an hour ahead. Items that a show covers would be
  /// fetched and not heard, so those that began since it did, or begin so soon, are left out, and
  /// so is a loop. What was on when the show began stays: listeners have it.
  static constexpr std::chrono::minutes covered{31};

  /// During a show the playlist is read every second, so that it is to be short: what begins later
  /// than this is left out, too.
  static constexpr std::chrono::hours shown_ahead{2};

  /// In the order of time; a part has a start and an end.
  void add(playlist::Item part);
  /// Forgets the parts whose files are of no more use, and returns their addresses.
  [[nodiscard]] std::vector<http::Url> take_expired(WallTime now);
  /// Whether there is a part that is to be heard or was heard just now.
  [[nodiscard]] bool is_heard(WallTime now) const;

  /// The schedule's own order and instants stay. What comes back when the show is over is in
  /// the next one already.
  [[nodiscard]] playlist::Playlist at(WallTime now, const playlist::Playlist& schedule,
                                      const ShowState& show) const;

 private:
  std::deque<playlist::Item> parts_;
};

}  // namespace alluvium::broadcaster
