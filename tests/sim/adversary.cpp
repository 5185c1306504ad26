#include "tests/sim/adversary.hpp"

#include "core/hash/chunks.hpp"
#include "core/http/range.hpp"
#include "core/swarm/announce_message.hpp"

#include <algorithm>

namespace alluvium::sim {

namespace {

constexpr std::uint16_t port = 7'000;
constexpr Duration announce_pause = std::chrono::seconds(20);

}  // namespace

/// False bytes, as long as they are taken; or nothing at all.
class Adversary::FalseAnswer final : public http::Exchange {
 public:
  FalseAnswer(Slice chunk, std::uint64_t bytes, http::Responder& responder)
      : chunk_(std::move(chunk)), rest_(bytes), responder_(responder) {
    on_drained();
  }
  void on_drained() override {
    const std::uint64_t size = std::min<std::uint64_t>(rest_, chunk_.size());
    rest_ -= size;
    if (size > 0) responder_.write(chunk_.part(0, static_cast<std::size_t>(size)));
  }

 private:
  Slice chunk_;
  std::uint64_t rest_;
  http::Responder& responder_;
};

Adversary::Adversary(Host& host, const Station& station, Kind kind)
    : host_(host),
      station_(station),
      kind_(kind),
      false_chunk_(Bytes(hash::chunk_bytes, 0x55)),
      timer_(host.make_timer([this] { announce(); })) {
  http::Handler& self = *this;
  host_.listen(port, &self);
  announce();
}

Adversary::~Adversary() {
  host_.kill();
}

void Adversary::announce() {
  swarm::AnnounceRequest said;
  said.port = port;
  said.up_bps = 100'000'000;
  for (const Song& song : station_.songs) said.holdings.push_back({song.row->root(), "all"});
  http::ClientRequest request;
  request.method = "POST";
  request.url = *http::Url::parse(station_.playlist.gateway->text() + "gateway/announce");
  request.rules = net::AddressRules::everything();
  request.headers.add("Content-Type", "application/json");
  request.body = to_json(said);
  request.max_body_bytes = 1 << 20;
  fetch_ = std::make_unique<http::Fetch>(host_, std::move(request), [](const auto&) {});
  timer_->arm(announce_pause);
}

std::unique_ptr<http::Exchange> Adversary::on_request(const http::Request& request,
                                                      http::Responder& responder) {
  for (const Song& song : station_.songs) {
    if (request.query() != song.row->root().urn()) continue;
    const auto asked = http::parse_range(request.headers.find("Range"), song.bytes.size());
    const auto* range = std::get_if<ByteRange>(&asked);
    if (range == nullptr) break;
    const bool is_test = request.method == "HEAD";
    if (kind_ == Kind::withholder && !is_test) {
      return std::make_unique<FalseAnswer>(Slice(), 0, responder);
    }
    http::ResponseHead head{206, {}};
    head.headers.add("Content-Range", http::format_content_range(*range, song.bytes.size()));
    responder.begin(std::move(head), range->size());
    return is_test ? nullptr
                   : std::make_unique<FalseAnswer>(false_chunk_, range->size(), responder);
  }
  responder.send(http::text_response(404, "nothing by that name is here"));
  return nullptr;
}

}  // namespace alluvium::sim
