#include "player-bridge/local_server.hpp"

#include "core/base/text.hpp"
#include "player-bridge/icy.hpp"

namespace alluvium::bridge {

namespace {

constexpr int repetitions = 50;
constexpr const char* page_policy =
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";

}  // namespace

LocalServer::LocalServer(Mount& mount, MakeStatus make_status, WallTime started)
    : make_status_(std::move(make_status)), router_(http::HostRule::own_address()) {
  router_.add(
      {"GET", "/stream", [&mount](const http::Request& request, http::Responder& responder) {
         return mount.serve(request, responder);
       }});
  add_text("/", "text/html; charset=utf-8", status_page);
  add_text("/status.json", "application/json", status_json);
  add_text("/status-json.xsl", "application/json", [started](const ListenerStatus& status) {
    return icecast_status_json(status, started);
  });
  add_text("/stream.m3u", "audio/x-mpegurl", m3u_file);
  add_text("/stream.pls", "audio/x-scpls", pls_file);
  add_text("/stream.xspf", "application/xspf+xml", xspf_file);
}

void LocalServer::add_text(std::string path, std::string type,
                           std::function<std::string(const ListenerStatus&)> make) {
  router_.add({"GET", std::move(path),
               [this, type = std::move(type), make = std::move(make)](const http::Request& request,
                                                                      http::Responder& responder) {
                 ListenerStatus status = make_status_();
                 // Named as whoever asks has reached it, which may be from another machine.
                 status.stream_url = "http://" + request.local.text() + "/stream";
                 http::Response response;
                 response.head.headers = {{"Content-Type", type},
                                          {"Cache-Control", "no-store"},
                                          {"Content-Security-Policy", page_policy},
                                          {"X-Content-Type-Options", "nosniff"},
                                          {"Referrer-Policy", "no-referrer"}};
                 response.body = Slice(make(status));
                 responder.send(std::move(response));
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
