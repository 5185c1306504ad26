#pragma once

#include "core/http/router.hpp"
#include "player-bridge/mount.hpp"
#include "player-bridge/page/sharing_switch.hpp"
#include "player-bridge/status.hpp"

#include <functional>
#include <memory>
#include <string>

namespace alluvium::bridge {

/// What the local port answers: the stream, its playlist files for players, the page and the
/// status. Every route stands behind the Host rule; the one that changes anything behind its
/// SharingSwitch.
class LocalServer final : public http::Handler {
 public:
  using MakeStatus = std::function<ListenerStatus()>;
  LocalServer(Mount& mount, MakeStatus make_status, SharingSwitch sharing, WallTime started);

  std::unique_ptr<http::Exchange> on_request(const http::Request& request,
                                             http::Responder& responder) override {
    return router_.on_request(request, responder);
  }
  [[nodiscard]] const http::Router& router() const { return router_; }

 private:
  void add_text(std::string path, std::string type,
                std::function<std::string(const ListenerStatus&)> make);

  void add_page();

  MakeStatus make_status_;
  SharingSwitch sharing_;
  /// A page of another program, or of another run of this one, has another token.
  std::string page_revision_;
  http::Router router_;
};

/// Playlist files by which players find the stream. M3U and PLS name it 50 times, because a player
/// takes the next entry when the stream ends, which it does when the content type changes.
[[nodiscard]] std::string m3u_file(const ListenerStatus& status);
[[nodiscard]] std::string pls_file(const ListenerStatus& status);
[[nodiscard]] std::string xspf_file(const ListenerStatus& status);

}  // namespace alluvium::bridge
