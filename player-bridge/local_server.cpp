#include "player-bridge/local_server.hpp"

#include "core/base/text.hpp"
#include "core/time/w3cdtf.hpp"
#include "player-bridge/icy.hpp"
#include "player-bridge/page/files.hpp"

namespace alluvium::bridge {

namespace {

constexpr int repetitions = 50;
constexpr const char* page_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "media-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'self'";

http::Response page_response(std::string_view type, std::string_view text) {
  return {{200,
           {{"Content-Type", std::string(type)},
            {"Cache-Control", "no-store"},
            {"Content-Security-Policy", page_policy},
            {"Cross-Origin-Resource-Policy", "same-origin"},
            {"X-Content-Type-Options", "nosniff"},
            {"Referrer-Policy", "same-origin"}}},
          Slice(text)};
}

}  // namespace

LocalServer::LocalServer(Mount& mount, MakeStatus make_status, SharingSwitch sharing,
                         WallTime started)
    : make_status_(std::move(make_status)),
      sharing_(std::move(sharing)),
      page_revision_(page::revision() + "-" + format_w3cdtf(started)),
      router_(http::HostRule::own_address()) {
  router_.add(
      {"GET", "/stream", [&mount](const http::Request& request, http::Responder& responder) {
         return mount.serve(request, responder);
       }});
  add_page();
  add_text("/status.json", "application/json", status_json);
  add_text("/status-json.xsl", "application/json", [started](const ListenerStatus& status) {
    return icecast_status_json(status, started);
  });
  add_text("/stream.m3u", "audio/x-mpegurl", m3u_file);
  add_text("/stream.pls", "audio/x-scpls", pls_file);
  add_text("/stream.xspf", "application/xspf+xml", xspf_file);
}

void LocalServer::add_page() {
  add_text("/", "text/html; charset=utf-8", [this](const ListenerStatus& status) {
    return status_page(status, status.can_change_sharing ? sharing_.token() : std::string());
  });
  for (const page::File& file : page::files()) {
    router_.add(
        {"GET", std::string(file.path), [&file](const http::Request&, http::Responder& responder) {
           responder.send(page_response(file.type, file.text));
           return nullptr;
         }});
  }
  router_.add(
      {"POST", "/sharing", [this](const http::Request& request, http::Responder& responder) {
         responder.send(sharing_.on_post(request));
         return nullptr;
       }});
}

void LocalServer::add_text(std::string path, std::string type,
                           std::function<std::string(const ListenerStatus&)> make) {
  router_.add({"GET", std::move(path),
               [this, type = std::move(type), make = std::move(make)](const http::Request& request,
                                                                      http::Responder& responder) {
                 ListenerStatus status = make_status_();
                 // Named as whoever asks has reached it, which may be from another machine.
                 status.stream_url = "http://" + request.local.text() + "/stream";
                 status.page_revision = page_revision_;
                 status.can_change_sharing = SharingSwitch::permits(request);
                 responder.send(page_response(type, make(status)));
                 return nullptr;
               }});
}

std::string m3u_file(const ListenerStatus& status) {
  std::string text = "#EXTM3U\n";
  for (int i = 0; i < repetitions; ++i) {
    text += "#EXTINF:-1," + icy_title(status.station) + "\n" + status.stream_url + "\n";
  }
  return text;
}

std::string pls_file(const ListenerStatus& status) {
  std::string text = "[playlist]\nNumberOfEntries=" + std::to_string(repetitions) + "\n";
  for (int i = 1; i <= repetitions; ++i) {
    const std::string number = std::to_string(i);
    text += "File" + number + "=" + status.stream_url + "\nTitle" + number + "=" +
            icy_title(status.station) + "\nLength" + number + "=-1\n";
  }
  return text + "Version=2\n";
}

std::string xspf_file(const ListenerStatus& status) {
  const std::string title = escaped_markup(icy_title(status.station));
  std::string text =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<playlist version=\"1\" xmlns=\"http://xspf.org/ns/0/\">\n<title>" +
      title + "</title>\n<trackList>\n";
  text += "<track><location>" + escaped_markup(status.stream_url) + "</location><title>" + title +
          "</title></track>\n";
  return text + "</trackList>\n</playlist>\n";
}

}  // namespace alluvium::bridge
