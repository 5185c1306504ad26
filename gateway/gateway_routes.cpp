#include "core/base/text.hpp"
#include "core/http/prefer.hpp"
#include "gateway/file_exchange.hpp"
#include "gateway/gateway.hpp"
#include "gateway/head_answer.hpp"
#include "gateway/metalink.hpp"
#include "gateway/page/style.hpp"
#include "gateway/query.hpp"
#include "gateway/uri_res.hpp"

#include <utility>

namespace alluvium::gateway {

namespace {

/// Downloaders that know nothing of `Prefer` would take a 202 for the document.
constexpr std::chrono::seconds metalink_wait{30};

http::Response page(std::string_view type, std::string_view body,
                    std::string policy = "default-src 'none'") {
  return {{200,
           {{"Content-Type", std::string(type)},
            {"Cache-Control", "no-store"},
            {"X-Content-Type-Options", "nosniff"},
            {"Content-Security-Policy", std::move(policy)}}},
          Slice(body)};
}

http::Response unknown_name() {
  return http::text_response(404, "no file of that name is known here");
}

/// What came of it over the wire, at least.
std::uint64_t size_of(const http::Request& request) {
  // Two blanks, version, and the ends of the first and the last line.
  std::uint64_t bytes = request.method.size() + request.target.size() + request.body.size() + 14;
  for (const auto& [name, value] : request.headers.fields()) {
    // That is another gateway's.
    if (!equal_ignoring_case(name, pass_header)) bytes += name.size() + value.size() + 4;
  }
  return bytes;
}

void send_answer(const AnnounceAnswer& answer, http::Responder& responder) {
  responder.send({{200, {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}}},
                  Slice(to_json(answer))});
}

bool says_json(const http::Request& request) {
  const auto type = request.headers.find("Content-Type");
  return type && equal_ignoring_case(trimmed(type->substr(0, type->find(';'))), "application/json");
}

}  // namespace

void Gateway::add_routes() {
  using http::Request;
  using http::Responder;
  const auto at_once = [this](const char* method, const char* path, auto serve) {
    router_.add({method, path, [serve](const Request& request, Responder& responder) {
                   serve(request, responder);
                   return std::unique_ptr<http::Exchange>();
                 }});
  };
  /// For what needs to be known of the swarms.
  const auto add_shared = [this](const char* method, const char* path, auto serve) {
    router_.add({method, path, as_one(serve)});
  };
  const auto shared_at_once = [add_shared](const char* method, const char* path, auto serve) {
    add_shared(method, path, [serve](const Request& request, Responder& responder) {
      serve(request, responder);
      return std::unique_ptr<http::Exchange>();
    });
  };
  /// For what is asked by name; `serve` makes the response.
  const auto by_name = [this, shared_at_once](const char* path, auto serve) {
    shared_at_once("GET", path, [this, serve](const Request& request, Responder& responder) {
      ++counters_.name_requests;
      const auto root = asked_name(request);
      const auto file = root ? registry_.by_root(*root) : nullptr;
      responder.send(file ? serve(request, *file) : unknown_name());
    });
  };
  const auto all_of = [this](const Request& request, const FileVersion& file) {
    return locations_of(file.root(), request.remote, Swarm::told_peers, false);
  };

  add_shared("GET", "/gateway/head", [this](const Request& request, Responder& responder) {
    return serve_head(request, responder);
  });
  add_shared("GET", "/gateway/metalink", [this](const Request& request, Responder& responder) {
    return serve_metalink(request, responder);
  });
  add_shared("POST", "/gateway/announce", [this](const Request& request, Responder& responder) {
    return serve_announce(request, responder);
  });
  shared_at_once(
      "DELETE", "/gateway/announce",
      [this](const Request& request, Responder& responder) { serve_leave(request, responder); });

  router_.add({"GET", "/uri-res/N2X", [this](const Request& request, Responder& responder) {
                 return serve_row(request, responder);
               }});
  by_name("/uri-res/N2C", [all_of](const Request& request, const FileVersion& file) {
    return characteristics_answer(file, all_of(request, file));
  });
  by_name("/uri-res/N2Ls", [all_of](const Request& request, const FileVersion& file) {
    return locations_answer(file.root(), all_of(request, file));
  });
  for (const char* path : {"/uri-res/N2L", "/uri-res/N2R"}) {
    by_name(path, [all_of](const Request& request, const FileVersion& file) {
      return redirect_answer(request, all_of(request, file));
    });
  }

  at_once("GET", "/healthz", [this](const Request&, Responder& responder) {
    const std::string problem = store_health_.problem();
    if (problem.empty()) return responder.send(http::text_response(200, "ok"));
    // What several share fails for all at once: who watches this would take every one away.
    responder.send(http::text_response(succession_ ? 200 : 503, problem));
  });
  at_once("GET", "/metrics", [this](const Request&, Responder& responder) {
    responder.send(page("text/plain; version=0.0.4; charset=utf-8", metrics_text(state())));
  });
  at_once("GET", "/", [this](const Request&, Responder& responder) {
    responder.send(page("text/html; charset=utf-8", status_page(state()), page_policy()));
  });
}

Companions::Serve Gateway::as_one(Companions::Serve serve) {
  return
      [this, serve = std::move(serve)](const http::Request& request, http::Responder& responder) {
        if (!succession_) return serve(request, responder);
        return succession_->companions().answer(request, responder, serve);
      };
}

std::unique_ptr<http::Exchange> Gateway::serve_row(const http::Request& request,
                                                   http::Responder& responder) {
  ++counters_.name_requests;
  const auto answer = [request, &responder](const FileRegistry::File& file) {
    responder.send(file ? leaf_row_answer(request, *file) : unknown_name());
  };
  const auto root = asked_name(request);
  const auto file = root ? registry_.by_root(*root) : nullptr;
  if (root && !file && succession_ && !succession_->companions().is_store_lost()) {
    if (auto search = row_search_.search(*root, answer)) return search;
  }
  answer(file);
  return nullptr;
}

std::unique_ptr<http::Exchange> Gateway::serve_head(const http::Request& request,
                                                    http::Responder& responder) {
  ++counters_.head_requests;
  const bool head_only = request.method == "HEAD";
  const bool is_short = !head_only && http::prefers_minimal(request.headers);
  const auto answer = [this, asker = request.remote, head_only, is_short](const FileVersion& file,
                                                                          http::Responder& to) {
    const auto peers = is_short ? most_peers_in_short : most_locations;
    auto locations = locations_of(file.root(), asker, peers, false);
    if (is_short) return to.send(short_head_answer(file, std::move(locations.peers)));
    if (!head_only) return to.send(head_answer(file, locations));
    to.begin(file_head(file, locations), file.facts.length);
    to.end();
  };
  return answer_about_file(lookup_, surroundings_.timers, request, responder, {}, answer);
}

std::unique_ptr<http::Exchange> Gateway::serve_metalink(const http::Request& request,
                                                        http::Responder& responder) {
  ++counters_.metalink_requests;
  const auto answer = [this, asker = request.remote](const FileVersion& file, http::Responder& to) {
    const auto locations = locations_of(file.root(), asker, most_metalink_peers, true);
    to.send(page("application/metalink4+xml", metalink_document(file, locations)));
  };
  return answer_about_file(lookup_, surroundings_.timers, request, responder, metalink_wait,
                           answer);
}

std::unique_ptr<http::Exchange> Gateway::serve_announce(const http::Request& request,
                                                        http::Responder& responder) {
  // The type is demanded because pages of other sites can make a browser send anything but it.
  if (!says_json(request)) {
    ++counters_.malformed_announces;
    responder.send(http::text_response(415, "an announcement is application/json"));
    return nullptr;
  }
  connect_back_.on_received(request.remote.address, size_of(request));
  auto announcement = parse_announcement(request.body);
  if (!announcement) {
    ++counters_.malformed_announces;
    responder.send(http::text_response(400, announcement.error().message));
    return nullptr;
  }
  ++counters_.announces;
  if (announcement->also) {
    const auto answer = aliases_.on_alias(*announcement, request.remote.address);
    if (!answer) {
      responder.send(http::text_response(403, "that is not proven"));
      return nullptr;
    }
    if (succession_) succession_->on_peer(announcement->also->address);
    send_answer(*answer, responder);
    return nullptr;
  }
  // Those that do not share cannot be told from each other.
  if (announcement->port != 0) {
    byte_reports_.on_report({request.remote.address, announcement->port},
                            {announcement->from_peers_bytes, announcement->from_origin_bytes},
                            surroundings_.clock.now());
  }
  note_doubts(*announcement, request.remote.address);
  return answer_announcement(request, responder, std::move(*announcement));
}

std::unique_ptr<http::Exchange> Gateway::answer_announcement(const http::Request& request,
                                                             http::Responder& responder,
                                                             Announcement announcement) {
  const net::Endpoint peer{request.remote.address, announcement.port};
  const auto answer = desk_.on_announcement(announcement, peer.address);
  if (succession_) succession_->on_peer(peer);
  const auto said = http::preferred_wait(request.headers);
  const bool is_held = said && said->wait > std::chrono::seconds::zero() &&
                       AnnounceDesk::may_be_held(announcement, answer) &&
                       held_.has_place_for(peer.address);
  if (!is_held) {
    send_answer(answer, responder);
    held_.answer_called();
    return nullptr;
  }
  const auto wait = std::min(said->wait, HeldAnnouncements::longest);
  std::vector<hash::TreeRoot> files;
  for (const auto& holding : announcement.holdings) files.push_back(holding.root);
  const auto answer_later = [this, peer, wait, &responder, announcement = std::move(announcement)] {
    const auto news = desk_.on_announcement(announcement, peer.address);
    responder.send({{200,
                     {{"Content-Type", "application/json"},
                      {"Cache-Control", "no-store"},
                      {"Preference-Applied", "wait=" + std::to_string(wait.count())}}},
                    Slice(to_json(news))});
    held_.answer_called();
  };
  return std::make_unique<HeldExchange>(held_, surroundings_.timers, peer, std::move(files), wait,
                                        answer_later);
}

void Gateway::note_doubts(const Announcement& announcement, const net::IpAddress& client) {
  for (const auto& failure : announcement.failures) {
    if (failure.source || failure.why != leases::Failing::untrue) continue;
    for (const auto& url : registry_.urls_of(failure.root)) lookup_.doubt(url, client);
  }
}

void Gateway::serve_leave(const http::Request& request, http::Responder& responder) {
  const auto port = parse_uint(query_parameter(request.query(), "port").value_or(""));
  if (!port || *port == 0 || *port > 65'535) {
    return responder.send(http::text_response(400, "the request names no port: ?port=N"));
  }
  const net::Endpoint peer{request.remote.address, static_cast<std::uint16_t>(*port)};
  desk_.on_leave(peer);
  if (succession_) succession_->on_leave(peer);
  responder.send(http::text_response(200, "left"));
}

}  // namespace alluvium::gateway
