#include "core/peer/peer_handler.hpp"

#include "core/base/text.hpp"
#include "core/http/immutable.hpp"
#include "core/http/range.hpp"
#include "core/reverse/handshake.hpp"
#include "core/reverse/neighbours.hpp"

namespace alluvium::peer {

namespace {

constexpr Duration max_backlog = std::chrono::seconds(1);
constexpr std::size_t max_recommended = 8;
/// Requests that stand in line here cost little but a connection each.
constexpr std::size_t max_standing = 64;

void answer(http::Responder& responder, int status, std::string_view line,
            http::Headers headers = {}) {
  http::Response response = http::text_response(status, line);
  for (const auto& [name, value] : headers.fields()) response.head.headers.add(name, value);
  responder.send(std::move(response));
}

}  // namespace

PeerHandler::PeerHandler(swarm::Services& services, UploadBudget budget)
    : services_(services),
      uplink_{{services.timers, services.clock, budget}, {}, {}, 0},
      router_(http::HostRule::any_literal()) {
  router_.add(
      {"GET", "/uri-res/N2R", [this](const http::Request& request, http::Responder& responder) {
         return serve_bytes(request, responder);
       }});
  router_.add(
      {"GET", "/uri-res/N2X", [this](const http::Request& request, http::Responder& responder) {
         return serve_leaf_row(request, responder);
       }});
  router_.add({"GET", std::string(reverse::path),
               [this](const http::Request& request, http::Responder& responder) {
                 return take_neighbour(request, responder);
               }});
}

std::unique_ptr<http::Exchange> PeerHandler::take_neighbour(const http::Request& request,
                                                            http::Responder& responder) {
  if (services_.neighbours != nullptr) return services_.neighbours->take(request, responder);
  answer(responder, 503, "neighbours are not taken here");
  return nullptr;
}

std::unique_ptr<http::Exchange> PeerHandler::on_request(const http::Request& request,
                                                        http::Responder& responder) {
  return router_.on_request(request, responder);
}

std::uint64_t PeerHandler::measure_upload() {
  const std::uint64_t measured = uplink_.meter.measure(services_.clock.now());
  const auto cap = budget().bits_per_second();
  if (!cap) return measured;
  return measured == 0 ? *cap : std::min(*cap, measured);
}

std::shared_ptr<const hash::LeafRow> PeerHandler::asked_row(const http::Request& request,
                                                            http::Responder& responder) const {
  const auto root = hash::TreeRoot::from_urn(request.query());
  auto row = root ? services_.store.row(*root) : nullptr;
  if (!row) answer(responder, 404, "nothing by that name is here");
  return row;
}

hash::ChunkRun PeerHandler::servable(const hash::TreeRoot& root, hash::ChunkRun run,
                                     const std::optional<http::WaitPreference>& said) const {
  const store::ChunkMap& held = services_.store.held(root);
  const bool has_room = uplink_.standing < max_standing;
  const auto is_servable = [&](hash::ChunkIndex i) {
    if (held.has(i)) return true;
    if (!said || said->wait == std::chrono::seconds::zero() || !has_room) return false;
    const auto coming = services_.incoming.coming(root, i);
    if (!coming) return false;
    if (!said->ticket) return coming->is_from_origin;
    return coming->ticket && *coming->ticket < *said->ticket;
  };
  hash::ChunkRun found{run.begin, run.begin};
  while (found.end < run.end && is_servable(found.end)) ++found.end;
  return found;
}

std::unique_ptr<http::Exchange> PeerHandler::serve_bytes(const http::Request& request,
                                                         http::Responder& responder) {
  const auto row = asked_row(request, responder);
  if (!row) return nullptr;
  const hash::TreeRoot root = row->root();
  const hash::ChunkLayout& layout = row->layout();
  const store::ChunkMap& held = services_.store.held(root);
  http::Headers headers;
  for (const auto& peer : services_.peers.recommended(root, max_recommended, services_.random)) {
    headers.add("X-URI-RES", swarm::format_peer_hint(peer, root));
  }
  if (request.headers.has("X-URI-RES")) {
    meet(request, *row);
    headers.add("Remote-IP", request.remote.address.text());
  }
  const auto say_what_is_held = [&] {
    headers.add("X-Available-Ranges", http::format_available_ranges(held.ranges(layout)));
  };
  const auto asked = http::parse_range(request.headers.find("Range"), layout.length());
  if (std::holds_alternative<http::ImpossibleRange>(asked)) {
    headers.add("Content-Range", "bytes */" + std::to_string(layout.length()));
    answer(responder, 416, "the file has no such part", headers);
    return nullptr;
  }
  const bool is_whole = std::holds_alternative<http::WholeFile>(asked);
  ByteRange range = is_whole ? ByteRange{0, layout.length()} : std::get<ByteRange>(asked);
  const hash::ChunkIndex first = layout.chunk_at(range.begin);
  const auto said = request.method == "GET" ? http::preferred_wait(request.headers) : std::nullopt;
  const hash::ChunkIndex last = layout.chunk_at(range.empty() ? 0 : range.end - 1);
  const hash::ChunkRun found = servable(root, {first, last.plus(1)}, said);
  const bool is_held = is_whole ? held.complete() : !found.empty();
  // Who was sent here by a gateway that counts what we can upload says how long it can wait.
  const Duration longest_backlog = std::max<Duration>(max_backlog, said ? said->wait : max_backlog);
  const bool is_too_busy =
      request.method == "GET" && uplink_.queue.backlog(services_.clock.now()) > longest_backlog;
  if (!is_held || is_too_busy) {
    say_what_is_held();
    if (is_held) headers.add("Retry-After", "1");
    answer(responder, 503, is_held ? "too much is being sent already" : "that part is not here yet",
           headers);
    return nullptr;
  }
  range.end = std::min(range.end, layout.bytes_of(found).end);
  http::ResponseHead head{is_whole ? 200 : 206, std::move(headers)};
  head.headers.add("Content-Type", "application/octet-stream");
  head.headers.add("Accept-Ranges", "bytes");
  head.headers.add("ETag", "\"" + hash::hex(root.digest) + "\"");
  if (!is_whole) {
    head.headers.add("Content-Range", http::format_content_range(range, layout.length()));
  }
  // Its absence says that nothing is missing.
  if (!held.complete()) {
    head.headers.add("X-Available-Ranges", http::format_available_ranges(held.ranges(layout)));
  }
  if (request.method == "HEAD") {
    responder.begin(std::move(head), range.size());
    responder.end();
    return nullptr;
  }
  return std::make_unique<ChunkUpload>(
      services_, uplink_, request.remote.address,
      AskedPart{root, range, std::move(head), said ? said->wait : Duration::zero(),
                http::urgency_of(request.headers)},
      responder);
}

void PeerHandler::meet(const http::Request& request, const hash::LeafRow& row) {
  const auto said = swarm::parse_peer_hint(*request.headers.find("X-URI-RES"));
  if (!said || said->port < 1024 || !services_.rules.permits(request.remote.address)) return;
  // Of what it says only the port is taken.
  const net::Endpoint asker{request.remote.address, said->port};
  const swarm::Peer* const known = services_.peers.find(asker);
  if (known == nullptr && !introductions_.admits({asker.address, 0}, services_.clock.now())) {
    return;
  }
  services_.peers.meet(asker, row.root(), row.layout());
}

std::unique_ptr<http::Exchange> PeerHandler::serve_leaf_row(const http::Request& request,
                                                            http::Responder& responder) {
  const auto row = asked_row(request, responder);
  if (!row) return nullptr;
  responder.send(http::immutable_response(request, Slice(to_bytes(row->raw())),
                                          '"' + hash::base32(row->root().digest) + '"'));
  return nullptr;
}

}  // namespace alluvium::peer
