#include "player-bridge/reception.hpp"

#include "core/base/text.hpp"
#include "player-bridge/options.hpp"
#include "player-bridge/status_gathering.hpp"

#include <utility>

#include <spdlog/spdlog.h>

namespace alluvium::bridge {

Reception::Reception(uv::Loop& loop, node::NodeOptions options, MountSettings settings,
                     Events events)
    : events_(std::move(events)),
      node_(loop, std::move(options), *this),
      mount_(node_.engine(), settings) {
  // So that each player's turn comes within a quarter of its period.
  const Duration pause = settings.write_every / 4;
  if (pause >= swarm::longest_pause) return;
  writes_ = loop.make_timer([this, pause] {
    mount_.on_turn();
    writes_->arm(pause);
  });
  writes_->arm(pause);
}

std::string Reception::sharing() const {
  const auto upload = node_.upload();
  if (!upload) {
    return "sharing is off: nothing is sent to other listeners; those you fetch from see this "
           "address";
  }
  const std::string seen = "others can see this address and are sent ";
  if (!upload->bits_per_second()) return seen + "as much as they ask for: sharing is unlimited";
  return seen + "at most " + describe_rate(*upload);
}

Status Reception::share(std::optional<peer::UploadBudget> upload) {
  Status done = node_.share(std::move(upload));
  // Whoever shares should find in the log since when, and at whose word.
  spdlog::info("the page: {}", done ? sharing() : done.error().message);
  return done;
}

void Reception::on_playlist(const playlist::Playlist& playlist,
                            const std::vector<std::string>& warnings) {
  station_ = valid_utf8(playlist.title);
  mount_.set_station(playlist);
  spdlog::info("playlist of {}: {} items", printable(station_), playlist.items.size());
  for (const auto& warning : warnings) spdlog::warn("playlist: {}", warning);
}

void Reception::on_turn() {
  mount_.on_turn();
  for (const auto& remark : mount_.take_remarks()) spdlog::info(remark);
  log_item();
  log_problems();
  log_reach();
}

void Reception::log_item() {
  // Not what is only made ready: behind a live show that may be another thing than what is heard.
  const Timeline& timeline = mount_.programme().timeline();
  if (timeline.first() == timeline.end()) return;
  const Track& track = *timeline.piece(timeline.end() - 1).track;
  if (track.title.empty() || track.title == logged_title_) return;
  logged_title_ = track.title;
  spdlog::info("on air: {}", printable(track.title));
}

void Reception::log_problems() {
  const swarm::Problems& problems = node_.services().problems;
  if (problems.revision() == problems_revision_) return;
  problems_revision_ = problems.revision();
  std::set<std::string> present;
  for (const auto& problem : problems.list()) {
    if (!logged_problems_.contains(problem.text)) spdlog::warn(problem.text);
    present.insert(problem.text);
  }
  for (const auto& text : logged_problems_) {
    if (!present.contains(text)) spdlog::info("over: {}", text);
  }
  logged_problems_ = std::move(present);
}

void Reception::log_reach() {
  Reach reach = answer_reach(reach_facts(node_));
  if (reach.answer == logged_reach_.answer) return;
  logged_reach_ = std::move(reach);
  const bool is_news =
      logged_reach_.answer != Reach::Answer::off && logged_reach_.answer != Reach::Answer::unknown;
  if (is_news) {
    spdlog::info("can others reach you? {}. {}", saying(logged_reach_.answer), logged_reach_.why);
  }
}

ListenerStatus Reception::status() {
  ListenerStatus status = gather_status(node_);
  status.station = station_;
  if (const auto track = mount_.programme().track()) {
    status.content_type = track->type;
    status.bits_per_second = track->bits_per_second;
  }
  status.players = mount_.players();
  status.sharing = sharing();
  return status;
}

}  // namespace alluvium::bridge
