#include "player-bridge/listener.hpp"

#include "core/base/text.hpp"
#include "player-bridge/status_gathering.hpp"

#include <cstdio>
#include <utility>

#include <spdlog/spdlog.h>

namespace alluvium::bridge {

namespace {

uv::HttpServerLimits local_limits() {
  uv::HttpServerLimits limits;
  limits.connections = 8'192;
  limits.connections_per_address = 8'192;
  limits.request.body_bytes = 1024;  // For POST /sharing.
  return limits;
}

}  // namespace

Listener::Listener(uv::Loop& loop, Options options)
    : loop_(loop),
      options_(std::move(options)),
      node_(loop, options_.node, *this),
      mount_(node_.engine(), options_.mount),
      local_server_(
          mount_, [this] { return status(); },
          SharingSwitch(random_token(), [this](auto upload) { return share(std::move(upload)); }),
          loop.wall_now()),
      server_(
          std::make_unique<uv::HttpServer>(loop, options_.listen, local_server_, local_limits())),
      endpoint_(server_->endpoint()) {}

void Listener::start() {
  spdlog::info(sharing() + (node_.upload() ? " (--share off ends that)" : ""));
  node_.start();
}

void Listener::stop() {
  if (std::exchange(is_stopping_, true)) return;
  server_.reset();
  node_.leave([this] { loop_.stop(); });
}

std::string Listener::sharing() const {
  const auto upload = node_.upload();
  if (!upload) {
    return "sharing is off: nothing is sent to other listeners; those you fetch from see this "
           "address";
  }
  const std::string seen = "others can see this address and are sent ";
  if (!upload->bits_per_second()) return seen + "as much as they ask for: sharing is unlimited";
  return seen + "at most " + describe_rate(*upload);
}

Status Listener::share(std::optional<peer::UploadBudget> upload) {
  Status done = node_.share(std::move(upload));
  // Whoever shares should find in the log since when, and at whose word.
  spdlog::info("the page: {}", done ? sharing() : done.error().message);
  return done;
}

std::string Listener::stream_url() const {
  net::Endpoint shown = endpoint_;
  // "All addresses" is no address that a player can open.
  if (shown.address == net::IpAddress()) shown.address = *net::IpAddress::parse("::1");
  if (shown.address.is_unspecified()) shown.address = net::IpAddress::v4(127, 0, 0, 1);
  return "http://" + shown.text() + "/stream";
}

void Listener::on_ready() {
  const std::string stream = stream_url();
  const auto peers = node_.peer_endpoint();
  std::printf("stream %s\npage %s\npeers %s\n", stream.c_str(),
              stream.substr(0, stream.size() - std::string_view("stream").size()).c_str(),
              peers ? peers->text().c_str() : "off");
  std::fflush(stdout);
}

void Listener::on_hopeless(const std::string& sentence) {
  failure_ = sentence;
  stop();
}

void Listener::on_playlist(const playlist::Playlist& playlist,
                           const std::vector<std::string>& warnings) {
  station_ = valid_utf8(playlist.title);
  mount_.set_station(playlist);
  spdlog::info("playlist of {}: {} items", printable(station_), playlist.items.size());
  for (const auto& warning : warnings) spdlog::warn("playlist: {}", warning);
}

void Listener::on_turn() {
  mount_.on_turn();
  for (const auto& remark : mount_.take_remarks()) spdlog::info(remark);
  log_item();
  log_problems();
}

void Listener::log_item() {
  const auto track = mount_.programme().track();
  if (!track || track->title.empty() ||
      track->title == (logged_track_ ? logged_track_->title : std::string()))
    return;
  logged_track_ = track;
  spdlog::info("on air: {}", printable(track->title));
}

void Listener::log_problems() {
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

ListenerStatus Listener::status() {
  ListenerStatus status = gather_status(node_);
  status.station = station_;
  if (const auto track = mount_.programme().track()) {
    status.content_type = track->type;
    status.bits_per_second = track->bits_per_second;
  }
  status.players = mount_.players();
  status.stream_url = stream_url();
  status.sharing = sharing();
  return status;
}

}  // namespace alluvium::bridge
