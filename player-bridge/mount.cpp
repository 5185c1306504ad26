#include "player-bridge/mount.hpp"

#include "core/base/text.hpp"
#include "player-bridge/icy.hpp"
#include "player-bridge/player.hpp"

namespace alluvium::bridge {

namespace {

/// A header value of our own making: one line, valid UTF-8.
std::string header_text(std::string_view text) {
  return icy_title(text, 255);
}

}  // namespace

std::unique_ptr<http::Exchange> Mount::serve(const http::Request& request,
                                             http::Responder& responder) {
  auto player = std::make_unique<Player>(*this, request, responder);
  player->on_turn();
  return player;
}

void Mount::on_turn() {
  // A player that is dropped takes itself off the list.
  const std::set<Player*> present = players_;
  for (Player* player : present) {
    if (players_.contains(player)) player->on_turn();
  }
}

void Mount::set_station(const playlist::Playlist& playlist) {
  station_title_ = header_text(playlist.title);
  station_link_ = header_text(playlist.link);
  station_description_ = header_text(playlist.description);
}

const Slice& Mount::batch(std::uint64_t begin, std::uint64_t end) {
  if (begin == batch_begin_ && end == batch_end_) return batch_;
  Bytes bytes;
  for (std::uint64_t i = begin; i < end; ++i) {
    const ByteView piece = programme_.piece(i).piece.bytes.view();
    bytes.insert(bytes.end(), piece.begin(), piece.end());
  }
  batch_ = Slice(std::move(bytes));
  batch_begin_ = begin;
  batch_end_ = end;
  return batch_;
}

http::ResponseHead Mount::head(const Track& track, bool wants_titles) const {
  const std::string rate = std::to_string((track.bits_per_second + 500) / 1000);
  http::ResponseHead head;
  head.headers = {{"Content-Type", track.type},
                  {"Cache-Control", "no-cache, no-store"},
                  {"Access-Control-Allow-Origin", "*"},
                  {"icy-name", station_title_},
                  {"icy-genre", ""},
                  {"icy-url", station_link_},
                  {"icy-description", station_description_},
                  {"icy-br", rate},
                  {"icy-pub", "0"},
                  {"ice-audio-info", "bitrate=" + rate}};
  if (wants_titles) head.headers.add("icy-metaint", std::to_string(icy_interval));
  return head;
}

}  // namespace alluvium::bridge
