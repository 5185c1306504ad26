#include "player-bridge/mount.hpp"

#include "core/base/text.hpp"
#include "player-bridge/accept.hpp"
#include "player-bridge/icy.hpp"
#include "player-bridge/player.hpp"

#include <algorithm>
#include <cmath>

namespace alluvium::bridge {

namespace {

/// A header value of our own making: one line, valid UTF-8.
std::string header_text(std::string_view text) {
  return icy_title(text, 255);
}

bool asks_to_start_over(const http::Request& request) {
  const auto parts = split(request.query(), '&');
  return std::find(parts.begin(), parts.end(), "start=over") != parts.end();
}

}  // namespace

Mount::Mount(swarm::OnAir& on_air, MountSettings settings)
    : on_air_(on_air), settings_(settings), programme_(on_air) {}

std::unique_ptr<http::Exchange> Mount::serve(const http::Request& request,
                                             http::Responder& responder) {
  const bool starts_over = asks_to_start_over(request);
  if (starts_over && !settings_.allows_start_over) {
    responder.send(http::text_response(
        403, "starting over is not allowed here: run alluvium with --start-over"));
    return nullptr;
  }
  auto player = std::make_unique<Player>(*this, request, responder, starts_over);
  player->on_turn();
  return player;
}

void Mount::on_turn() {
  programme_.step();
  batches_.clear();
  for (std::size_t place = 0; place < players_.size(); ++place) {
    if (players_[place] != nullptr) players_[place]->on_turn();
  }
  std::erase(players_, nullptr);
  for (std::size_t place = 0; place < players_.size(); ++place) players_[place]->set_place(place);
}

std::size_t Mount::enlist(Player& player) {
  players_.push_back(&player);
  ++count_;
  return players_.size() - 1;
}

void Mount::strike_off(std::size_t place) {
  players_[place] = nullptr;
  --count_;
}

double Mount::next_phase() {
  constexpr double golden_ratio = 0.6180339887498949;
  phase_ = std::fmod(phase_ + golden_ratio, 1.0);
  return phase_;
}

void Mount::set_station(const playlist::Playlist& playlist) {
  station_title_ = header_text(playlist.title);
  station_link_ = header_text(playlist.link);
  station_description_ = header_text(playlist.description);
  types_.clear();
  for (const playlist::Item& item : playlist.items) {
    const bool is_mpeg = media::format_of(item.type, {}) == media::Format::mp3;
    if (!item.type.empty()) types_.insert(is_mpeg ? "audio/mpeg" : item.type);
  }
}

bool Mount::has_some_for(std::string_view accept) const {
  return is_mixed() && std::any_of(types_.begin(), types_.end(), [&](const std::string& type) {
           return names_type(accept, type);
         });
}

const Slice& Mount::batch(std::uint64_t begin, std::uint64_t end) {
  const auto made = std::find_if(batches_.begin(), batches_.end(), [&](const Batch& batch) {
    return batch.begin == begin && batch.end == end;
  });
  if (made != batches_.end()) return made->bytes;
  constexpr std::size_t most = 16;
  if (batches_.size() == most) batches_.erase(batches_.begin());
  Bytes bytes;
  for (std::uint64_t i = begin; i < end; ++i) {
    const ByteView piece = programme_.timeline().piece(i).piece.bytes.view();
    bytes.insert(bytes.end(), piece.begin(), piece.end());
  }
  batches_.push_back({begin, end, Slice(std::move(bytes))});
  return batches_.back().bytes;
}

http::ResponseHead Mount::head(const Track& track, bool knows_icy, bool wants_titles) const {
  const std::string rate = std::to_string((track.bits_per_second + 500) / 1000);
  http::ResponseHead head;
  head.headers = {{"Content-Type", track.type},
                  {"Cache-Control", "no-cache, no-store"},
                  {"Access-Control-Allow-Origin", "*"}};
  // VLC takes a stream with one of these for one that never changes: it connects again by itself
  // at the end and feeds what comes to the demuxer that it has.
  if (is_mixed() && !knows_icy) return head;
  for (auto& [name, value] : std::initializer_list<std::pair<const char*, std::string>>{
           {"icy-name", station_title_},
           {"icy-genre", ""},
           {"icy-url", station_link_},
           {"icy-description", station_description_},
           {"icy-br", rate},
           {"icy-pub", "0"},
           {"ice-audio-info", "bitrate=" + rate}}) {
    head.headers.add(name, value);
  }
  if (wants_titles) head.headers.add("icy-metaint", std::to_string(icy_interval));
  return head;
}

}  // namespace alluvium::bridge
