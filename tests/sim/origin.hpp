#pragma once

#include "core/http/handler.hpp"
#include "tests/sim/host.hpp"
#include "tests/sim/station.hpp"

#include <cstdint>
#include <string>

namespace alluvium::sim {

/// The station's plain web server: playlist, songs with ranges, and the sidecars beside them. It
/// knows nothing of listeners and counts what of the songs it sends.
class Origin final : private http::Handler {
 public:
  /// Both outlive it.
  Origin(Host& host, const Station& station);
  ~Origin() override;
  Origin(const Origin&) = delete;
  Origin& operator=(const Origin&) = delete;

  /// Bytes of songs, bodies only.
  [[nodiscard]] std::uint64_t song_bytes() const { return song_bytes_; }

 private:
  class SongAnswer;
  std::unique_ptr<http::Exchange> on_request(const http::Request& request,
                                             http::Responder& responder) override;
  [[nodiscard]] std::unique_ptr<http::Exchange> serve_song(const Song& song,
                                                           const http::Request& request,
                                                           http::Responder& responder);

  Host& host_;
  const Station& station_;
  std::string rss_;
  std::uint64_t song_bytes_ = 0;
};

}  // namespace alluvium::sim
