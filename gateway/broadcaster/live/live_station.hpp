#pragma once

#include "core/time/clock.hpp"
#include "gateway/broadcaster/console.hpp"
#include "gateway/broadcaster/live/live_clock.hpp"
#include "gateway/broadcaster/live/live_options.hpp"
#include "gateway/broadcaster/live/live_playlist.hpp"
#include "gateway/broadcaster/live/part_folder.hpp"
#include "gateway/broadcaster/live/schedule_file.hpp"
#include "gateway/broadcaster/live/show.hpp"
#include "gateway/broadcaster/live/source_conversation.hpp"
#include "gateway/broadcaster/station_output.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace alluvium::broadcaster {

/// A station with a source port: while a source is there its show is published part by part, else
/// the schedule is. Invariant: the playlist on disk is a whole one at each instant, and names no
/// part whose file is not there. Where something cannot be written it goes on with what it has, and
/// says so once. Owned by the command, which has it looked after by a timer.
class LiveStation final : public SourceDesk {
 public:
  /// Publishes the schedule. Throws std::runtime_error with one sentence.
  LiveStation(LiveOptions options, const Clock& clock, Console& console);

  std::optional<Refusal> refusal_of(const SourceInfo& info) override;
  void on_source(const SourceInfo& info) override;
  [[nodiscard]] bool on_sound(ByteView bytes) override;
  void on_source_end() override;
  bool on_title(const Title& title) override;

  /// Whether sound is not too far ahead of time: a source that is not paced by itself is paced by
  /// waiting.
  [[nodiscard]] bool takes_sound() const;
  /// Now and then: what time alone changes.
  void look();
  [[nodiscard]] const http::Url& url() const { return output_.url(); }

 private:
  void publish(const Part& part);
  void publish_playlist();
  void complain(const std::string& about, const std::string& sentence);
  void is_well(const std::string& about) { complaints_.erase(about); }
  [[nodiscard]] playlist::Playlist schedule() const;
  [[nodiscard]] WallTime now() const { return clock_.wall_now(); }

  LiveOptions options_;
  const Clock& clock_;
  Console& console_;
  StationOutput output_;
  PartFolder folder_;
  std::optional<ScheduleFile> schedule_;
  LiveClock air_;
  LivePlaylist live_;
  std::optional<Show> show_;
  WallTime last_show_{};     ///< When it began: each begins in a second of its own, which names it.
  WallTime last_part_at_{};  ///< When a part was cut last, or the show's source came.
  std::optional<playlist::Playlist> published_;
  std::map<std::string, std::string> complaints_;  ///< What is wrong now, by what it is about.
};

}  // namespace alluvium::broadcaster
