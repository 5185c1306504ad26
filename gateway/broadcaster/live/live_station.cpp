#include "gateway/broadcaster/live/live_station.hpp"

#include "core/base/text.hpp"
#include "core/time/w3cdtf.hpp"
#include "gateway/broadcaster/plan.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace alluvium::broadcaster {

namespace {

/// A show is never further ahead: what listeners have of it is heard soon, and what a source says
/// about it is of now.
constexpr std::chrono::seconds most_ahead{10};
/// What makes no part in so much time is no sound, whatever its source calls it.
constexpr std::chrono::seconds longest_without_part{20};
constexpr const char* parts_folder = "live";

std::filesystem::path folder_of(const std::filesystem::path& file) {
  return file.parent_path().empty() ? "." : file.parent_path();
}

std::string file_name_of(const http::Url& url) {
  const std::string_view path = url.path();
  return std::string(path.substr(path.rfind('/') + 1));
}

/// What a playlist of that name has, unless it is one of shows, is somebody's work.
void require_no_schedule(const StationOutput& output) {
  if (!output.earlier()) return;
  const auto& items = output.earlier()->items;
  if (std::all_of(items.begin(), items.end(), [](const auto& item) { return item.is_live; })) {
    return;
  }
  throw std::runtime_error(printable(output.path().string()) +
                           " has a schedule, which would be lost: give it another name, and name "
                           "it with --schedule");
}

std::string minutes_and_seconds(std::chrono::milliseconds time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time).count();
  return std::to_string(seconds / 60) + " min " + std::to_string(seconds % 60) + " s";
}

}  // namespace

LiveStation::LiveStation(LiveOptions options, const Clock& clock, Console& console)
    : options_(std::move(options)),
      clock_(clock),
      console_(console),
      output_(options_.output, folder_of(options_.output), options_.base),
      folder_(folder_of(options_.output) / parts_folder),
      air_(options_.lead) {
  if (options_.schedule.empty()) {
    require_no_schedule(output_);
  } else {
    if (real_path(options_.schedule) == real_path(options_.output)) {
      throw std::runtime_error("--schedule is the playlist itself: listeners need another file");
    }
    schedule_.emplace(options_.schedule, output_.url());
  }
  published_ = live_.at(now(), schedule(), {.poll = options_.poll});
  output_.write(*published_);
}

playlist::Playlist LiveStation::schedule() const {
  playlist::Playlist made;
  if (schedule_) made = schedule_->playlist();
  if (!options_.title.empty()) made.title = options_.title;
  if (made.title.empty()) made.title = real_path(folder_of(options_.output)).filename().string();
  if (made.link.empty()) made.link = options_.base.text();
  if (options_.gateway) made.gateway = options_.gateway;
  return made;
}

std::optional<SourceDesk::Refusal> LiveStation::refusal_of(const SourceInfo& info) {
  if (show_) return Refusal{403, "Another source is sending already."};
  if (!Show::may_be_taken(info.type)) {
    return Refusal{415, "Shows are MP3, AAC (ADTS) or Ogg here, not " + info.type + "."};
  }
  return std::nullopt;
}

void LiveStation::on_source(const SourceInfo& info) {
  using std::chrono::seconds;
  last_show_ = std::max<WallTime>(std::chrono::floor<seconds>(now()), last_show_ + seconds(1));
  last_part_at_ = now();
  show_.emplace(info, schedule().title, last_show_, options_.part);
  // Those who look now and then are to be there when its first part is heard.
  publish_playlist();
  console_.note("a show has begun: " + printable(info.name.empty() ? "without a name" : info.name) +
                (info.program.empty() ? "" : ", sent by " + printable(info.program)));
}

bool LiveStation::on_sound(ByteView bytes) {
  const std::size_t parts = show_->parts();
  bool goes_on = show_->feed(bytes);
  while (auto part = show_->next()) publish(*part);
  if (show_->parts() > parts) {
    last_part_at_ = now();
    publish_playlist();
  } else if (now() - last_part_at_ > longest_without_part) {
    goes_on = false;
  }
  if (!goes_on) {
    console_.note(
        "the source sends nothing that can be cut into parts: shows are MP3, AAC (ADTS) "
        "or Ogg; its connection is closed");
  }
  return goes_on;
}

bool LiveStation::on_title(const Title& title) {
  if (!show_) return false;
  show_->set_title(title);
  return true;
}

void LiveStation::on_source_end() {
  show_->finish();
  while (auto part = show_->next()) publish(*part);
  const std::unique_ptr<Recording> recording = std::move(show_->recording);
  const auto length = now() - show_->began();
  show_.reset();
  // Before anything slow: listeners need time to fetch what comes now.
  publish_playlist();
  console_.note("the show is over after " + minutes_and_seconds(length) +
                (schedule_ ? "; the schedule goes on" : ""));
  if (!recording) return;
  try {
    recording->close();
    console_.note("its recording is " + printable(recording->path().string()));
  } catch (const std::runtime_error& error) {
    console_.note(error.what());
  }
}

bool LiveStation::takes_sound() const {
  return !air_.end() || *air_.end() < now() + most_ahead;
}

void LiveStation::look() {
  for (const http::Url& url : live_.take_expired(now())) folder_.remove(file_name_of(url));
  if (schedule_) {
    const auto changed = schedule_->look();
    if (!changed) complain("schedule", changed.error().message + "; the last good one is kept");
    if (changed && *changed) is_well("schedule");
  }
  publish_playlist();
}

void LiveStation::publish(const Part& part) {
  Show& show = *show_;
  const AirTime air = air_.next(part.start, part.end, now());
  if (air.begins_run || part.begins_link) show.begin_recording();
  if (!show.heard_from) show.heard_from = air.start;
  const std::string name =
      show.stamp() + "-" + std::to_string(show.parts()) + std::string(show.extension());
  const auto url = url_below(options_.base, std::string(parts_folder) + "/" + name);
  try {
    if (!url) throw std::runtime_error(url.error().message);
    playlist::Item item{.url = *url};
    item.root = folder_.write(name, part.bytes);
    item.title = show.title().title;
    item.creator = show.title().creator;
    item.type = show.type();
    item.start = air.start;
    item.end = air.end;
    item.duration = air.end - air.start;
    item.length = part.bytes.size();
    item.is_live = true;
    item.source = options_.base.text() + parts_folder + "/" + show.stamp() + "-" +
                  std::to_string(show.recordings());
    live_.add(std::move(item));
    is_well("part");
  } catch (const std::runtime_error& error) {
    // What comes next is no continuation of what was heard before.
    show.begin_recording();
    complain("part", std::string(error.what()) + "; that part of the show is not heard");
  }
  if (options_.record.empty()) return;
  try {
    if (show.parts() == 1) {
      show.recording = std::make_unique<Recording>(
          options_.record / (show.stamp() + show.extension()), show.type());
    }
    if (show.recording) show.recording->add(part);
  } catch (const std::runtime_error& error) {
    show.recording.reset();
    console_.note(std::string(error.what()) + "; the show is not recorded any further");
  }
}

void LiveStation::publish_playlist() {
  ShowState state{.is_on = show_ && show_->parts() > 0,
                  .since = show_ ? show_->heard_from.value_or(now()) : now(),
                  .is_expected = show_.has_value(),
                  .poll = options_.poll};
  if (state.is_on && options_.planned) state.until = show_->began() + *options_.planned;
  playlist::Playlist present = live_.at(now(), schedule(), state);
  if (published_ == present) return;
  try {
    output_.write(present);
    published_ = std::move(present);
    is_well("playlist");
  } catch (const std::runtime_error& error) {
    complain("playlist", std::string(error.what()) + "; the old playlist stays");
  }
}

void LiveStation::complain(const std::string& about, const std::string& sentence) {
  std::string& last = complaints_[about];
  if (last == sentence) return;
  last = sentence;
  console_.note(sentence);
}

}  // namespace alluvium::broadcaster
