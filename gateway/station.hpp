#pragma once

#include "core/base/random.hpp"
#include "core/base/workers.hpp"
#include "core/http/client.hpp"
#include "core/playlist/playlist.hpp"
#include "core/playlist/rss_reader.hpp"
#include "core/time/clock.hpp"
#include "gateway/observer.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace alluvium::gateway {

/// One playlist this gateway subscribes to: looked at every minute, or more often if the playlist
/// asks for it, and never unseated by a bad or missing answer. Owned by Stations.
class Station {
 public:
  /// Outlives the station.
  struct Surroundings {
    http::Client& client;
    const Clock& clock;
    Timers& timers;
    Workers& workers;
    Observer& observer;
    Random& random;
    net::AddressRules rules;
  };

  /// `on_look_over` is called at the end of every look, good or bad. The first look begins at once.
  Station(const Surroundings& surroundings, http::Url url, std::function<void()> on_look_over);

  /// Looks at the playlist now, unless that is under way.
  void look();
  [[nodiscard]] bool is_looking() const { return fetch_ || parsing_; }
  [[nodiscard]] bool was_looked_at() const { return looks_ > 0; }

  [[nodiscard]] const http::Url& url() const { return url_; }
  /// The last good one.
  [[nodiscard]] const std::optional<playlist::Playlist>& playlist() const { return playlist_; }
  /// Why the last look failed; empty if it did not.
  [[nodiscard]] const std::string& problem() const { return problem_; }
  /// The entry with this URL, also as a mirror; null if there is none.
  [[nodiscard]] const playlist::Item* find(const http::Url& url) const;
  /// Whether an entry's identifier is this name.
  [[nodiscard]] bool names(const hash::TreeRoot& root) const { return roots_.count(root) > 0; }

 private:
  void on_answer(http::Fetch::Result result);
  void parse(http::WholeResponse response);
  void adopt(playlist::ReadPlaylist read);
  void end_look(std::string problem);
  [[nodiscard]] Duration pause();

  Surroundings surroundings_;
  http::Url url_;
  std::function<void()> on_look_over_;
  std::optional<playlist::Playlist> playlist_;
  std::map<http::Url, std::size_t> items_;  ///< Index into playlist_->items, by URL and mirrors.
  std::set<hash::TreeRoot> roots_;
  std::string etag_;
  std::string last_modified_;
  std::string problem_;
  std::uint64_t looks_ = 0;
  std::unique_ptr<Timer> timer_;
  std::unique_ptr<http::Fetch> fetch_;
  std::unique_ptr<Job> parsing_;
};

}  // namespace alluvium::gateway
