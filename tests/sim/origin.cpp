#include "tests/sim/origin.hpp"

#include "core/hash/chunks.hpp"
#include "core/http/range.hpp"
#include "core/playlist/rss_writer.hpp"

#include <algorithm>

namespace alluvium::sim {

/// A part of a song on its way, a piece after the other as the line takes them, so that what nobody
/// waits for any more is not sent.
class Origin::SongAnswer final : public http::Exchange {
 public:
  SongAnswer(Origin& origin, Slice rest, http::Responder& responder)
      : origin_(origin), rest_(std::move(rest)), responder_(responder) {
    on_drained();
  }
  void on_drained() override {
    if (rest_.empty()) return responder_.end();
    const Slice piece = rest_.part(0, hash::chunk_bytes);
    rest_ = rest_.part(piece.size());
    origin_.song_bytes_ += piece.size();
    responder_.write(piece);
  }

 private:
  Origin& origin_;
  Slice rest_;
  http::Responder& responder_;
};

Origin::Origin(Host& host, const Station& station)
    : host_(host),
      station_(station),
      rss_(playlist::write_rss(station.playlist, station.playlist_url.text())) {
  http::Handler& self = *this;
  host_.listen(80, &self);
}

Origin::~Origin() {
  host_.kill();
}

std::unique_ptr<http::Exchange> Origin::on_request(const http::Request& request,
                                                   http::Responder& responder) {
  const std::string_view path = request.path();
  if (path == station_.playlist_url.path()) {
    responder.send({{200, {{"Content-Type", "application/x-alluvium"}}}, Slice(rss_)});
    return nullptr;
  }
  for (const Song& song : station_.songs) {
    const std::string_view own = song.url.path();
    if (path == own) return serve_song(song, request, responder);
    if (!path.starts_with(own)) continue;
    if (path.substr(own.size()) == ".thex") {
      responder.send({{200, {}}, Slice(as_text(song.row->raw()))});
      return nullptr;
    }
    if (path.substr(own.size()) == ".thex.json") {
      responder.send(
          {{200, {{"Content-Type", "application/json"}}}, Slice(media::to_json(song.facts))});
      return nullptr;
    }
  }
  responder.send(http::text_response(404, "not here"));
  return nullptr;
}

std::unique_ptr<http::Exchange> Origin::serve_song(const Song& song, const http::Request& request,
                                                   http::Responder& responder) {
  const std::uint64_t length = song.bytes.size();
  http::ResponseHead head{200, {{"Content-Type", "audio/mpeg"}, {"Accept-Ranges", "bytes"}}};
  const auto asked = http::parse_range(request.headers.find("Range"), length);
  if (std::holds_alternative<http::ImpossibleRange>(asked)) {
    responder.send(http::text_response(416, "no such part"));
    return nullptr;
  }
  ByteRange range{0, length};
  if (const auto* part = std::get_if<ByteRange>(&asked)) {
    range = *part;
    head.status = 206;
    head.headers.add("Content-Range", http::format_content_range(range, length));
  }
  responder.begin(std::move(head), range.size());
  if (request.method == "HEAD") {
    responder.end();
    return nullptr;
  }
  return std::make_unique<SongAnswer>(*this, song.bytes.part(range.begin, range.size()), responder);
}

}  // namespace alluvium::sim
