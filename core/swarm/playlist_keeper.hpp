#pragma once

#include "core/http/client.hpp"
#include "core/playlist/rss_reader.hpp"
#include "core/swarm/services.hpp"

#include <functional>
#include <memory>
#include <string>

namespace alluvium::swarm {

/// A playlist as it came, and where from.
struct KeptPlaylist {
  playlist::ReadPlaylist content;
  /// It came from a loopback, private or otherwise special address, so that such addresses may be
  /// used for what it names as well.
  bool is_from_special_address = false;
};

/// Keeps a station's playlist up to date: conditional GET every 60 s (more often if it says so),
/// with jitter. A bad or missing answer never unseats the last good playlist, which also outlives
/// the program in the cache; it is a Problem, and tried again with growing pauses. Destroying it
/// ends everything.
class PlaylistKeeper {
 public:
  struct Events {
    /// A playlist that differs from the one before.
    std::function<void(KeptPlaylist)> on_playlist;
    /// The very first attempt shows that this URL will never work (404, 410, not a playlist, too
    /// large): one sentence. Nothing follows. The only call that may destroy the keeper.
    std::function<void(std::string)> on_hopeless;
    /// Once: the first attempt is over, well or badly, but not hopelessly.
    std::function<void()> on_first_attempt;
  };
  PlaylistKeeper(Services& services, http::Url url, Events events);
  void start();
  /// Looks at once instead of when it had meant to.
  void look_now() { fetch(); }
  /// Looks no more.
  void stop();

 private:
  void fetch();
  void on_response(http::Fetch::Result result);
  void on_body(const http::WholeResponse& response);
  void fail(const std::string& why, bool is_hopeless);
  void note_attempt();
  void recall();
  void take(KeptPlaylist kept, std::string text);

  Services& services_;
  http::Url url_;
  Events events_;
  std::unique_ptr<Timer> timer_;
  std::unique_ptr<http::Fetch> fetch_;
  std::string etag_;
  std::string last_modified_;
  std::string text_;  ///< Of the last good playlist; empty if there was none.
  std::optional<std::chrono::seconds> refresh_;
  bool has_been_answered_ = false;
  bool has_been_tried_ = false;
  unsigned failures_ = 0;
};

}  // namespace alluvium::swarm
