#include "core/swarm/file_lookup.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace alluvium::swarm {

using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

/// Who gives up too soon on a gateway that a crowd keeps busy only adds the crowd to the origin.
constexpr Duration sidecars_after = milliseconds(800);
constexpr Duration facts_patience = milliseconds(500);
/// So long the gateway may take to say whether the file is still the one that is known from before.
constexpr Duration recalled_after = seconds(1);
/// After this a file for which no tree has turned up is played without.
constexpr Duration unverified_after = seconds(2);
constexpr Duration round_pause = seconds(3);
/// Where nobody answers the network may be away.
constexpr Duration unanswered_pause = seconds(2);
constexpr Duration longest_round_pause = seconds(60);
constexpr Duration look_again_after = milliseconds(100);
/// An answer that trickles must not keep the others from being asked again.
constexpr Duration query_time = seconds(30);
constexpr std::uint64_t max_facts_bytes = 4 * 1024 * 1024;

std::string record_key(const http::Url& url) {
  return "facts " + url.text();
}

}  // namespace

FileLookup::FileLookup(Services& services, const playlist::Item& item,
                       std::optional<GatewayAccess> gateway, OnFound on_found)
    : services_(services),
      item_(item),
      gateway_(std::move(gateway)),
      on_found_(std::move(on_found)),
      timer_(services.timers.make_timer([this] { on_timer(); })),
      started_at_(services.clock.now()) {
  recall();
  if (!row_) take_word_of_playlist();
  timer_->arm(Duration::zero());
}

std::string FileLookup::name() const {
  return printable(item_.url.text(), 500);
}

std::optional<hash::TreeRoot> FileLookup::root() const {
  if (item_.root) return item_.root;
  return facts_ ? facts_->root : std::nullopt;
}

std::optional<std::uint64_t> FileLookup::length() const {
  if (facts_ && facts_->length > 0) return facts_->length;
  return item_.length ? item_.length : origin_length_;
}

void FileLookup::take_word_of_playlist() {
  if (!item_.is_live || !item_.root || !item_.length) return;
  // A part of a live show is entered at its beginning, and soon: the playlist says enough of it.
  facts_.emplace();
  facts_->root = item_.root;
  facts_->length = *item_.length;
  facts_->type = item_.type;
  facts_->duration = item_.duration;
  // Of a single chunk the leaf is the root.
  if (hash::ChunkLayout(*item_.length).count() > 1) return;
  raw_row_ = as_text(item_.root->digest);
  take_waiting_row();
}

void FileLookup::recall() {
  if (const auto record = services_.store.read_record(record_key(item_.url))) {
    if (auto facts = media::parse_file_facts(*record)) recalled_ = std::move(*facts);
  }
  if (!item_.root) return;
  // The playlist itself says that this is still the file.
  row_ = services_.store.row(*item_.root);
  if (row_) row_at_ = started_at_;
  if (recalled_ && recalled_->root == item_.root) facts_ = recalled_;
}

void FileLookup::start_round() {
  round_at_ = services_.clock.now();
  ++rounds_;
  has_been_answered_ = false;
  if (!facts_) ask_gateway_head();
  if (!row_ && item_.root) {
    ask_peer_row();
    if (!item_.is_live) ask_gateway_row();
  }
}

Duration FileLookup::until_next_round() const {
  const Duration pause =
      is_unhurried_ ? std::min(round_pause * (1 << std::min(rounds_, 5u)), longest_round_pause)
      : has_been_answered_ ? round_pause
                           : unanswered_pause;
  return *round_at_ + pause - services_.clock.now();
}

void FileLookup::set_unhurried(bool is_unhurried) {
  if (is_unhurried_ && !is_unhurried) {
    rounds_ = 0;
    timer_->arm(Duration::zero());
  }
  is_unhurried_ = is_unhurried;
}

void FileLookup::on_timer() {
  if (!round_at_) start_round();
  advance();
}

bool FileLookup::anything_under_way() const {
  return gateway_head_ || gateway_row_ || peer_row_ || sidecar_row_ || sidecar_facts_ ||
         origin_head_;
}

void FileLookup::advance() {
  const Instant now = services_.clock.now();
  if (row_ && (facts_ || now - *row_at_ >= facts_patience)) return finish();

  // The gateway reads the same playlist, and may be later.
  const bool gateway_helps = (gateway_head_ || gateway_row_) && !item_.is_live;
  if (!sidecars_asked_ && (!gateway_helps || now - *round_at_ >= sidecars_after)) ask_sidecars();

  if (!anything_under_way()) {
    if (row_ || take_recalled()) return finish();
    if (!root() && !gateway_is_hashing_) return finish();
  }
  if (now - started_at_ >= recalled_after && take_recalled()) return finish();
  if (!root() && now - started_at_ >= unverified_after) return finish();

  if (!anything_under_way() && until_next_round() <= Duration::zero()) ask_again();
  const bool may_be_unverified = now < started_at_ + unverified_after;
  Duration pause = look_again_after;
  if (may_be_unverified) {
    pause = std::min(pause, started_at_ + unverified_after - now);
  } else if (!anything_under_way()) {
    pause = std::max(pause, until_next_round());
  }
  timer_->arm(pause);
}

bool FileLookup::take_recalled() {
  // The gateway is gone, or in no hurry, but its word of an earlier time and the chunks of then are
  // here.
  if (root() || !recalled_ || !recalled_->root) return false;
  auto known = services_.store.row(*recalled_->root);
  if (!known) return false;
  row_ = std::move(known);
  facts_ = recalled_;
  return true;
}

void FileLookup::ask_again() {
  if (root()) {
    services_.problems.report("tree:" + item_.url.text(),
                              "nobody has the hash tree of " + name() +
                                  ", so it cannot be played; it is asked for again");
  }
  sidecars_asked_ = false;
  start_round();
}

void FileLookup::ask(Query& query, http::ClientRequest request,
                     void (FileLookup::*on_done)(http::WholeResponse)) {
  request.connect_timeout = seconds(3);
  request.stall_timeout = seconds(5);
  request.total_timeout = query_time;
  query = std::make_unique<http::Fetch>(
      services_.client, std::move(request), [this, &query, on_done](http::Fetch::Result result) {
        const Query done = std::move(query);
        auto* response = std::get_if<http::WholeResponse>(&result);
        has_been_answered_ = has_been_answered_ || response != nullptr;
        if (response != nullptr) (this->*on_done)(std::move(*response));
        if (response == nullptr && &query == &gateway_head_) {
          report_gateway(std::get<http::TransferError>(result).message);
        }
        // Not from here: finishing destroys this object, and with it the function that runs.
        timer_->arm(Duration::zero());
      });
}

void FileLookup::ask_gateway_head() {
  if (!gateway_) return;
  http::ClientRequest request;
  // Encoded: the raw form, which the gateway takes as well, would not keep an IPv6 host's brackets.
  auto url =
      http::Url::parse(gateway_->base + "/gateway/head?uri=" + percent_encoded(item_.url.text()));
  if (!url) return;
  request.url = std::move(*url);
  request.rules = gateway_->rules;
  request.max_body_bytes = max_facts_bytes;
  // Who else has the file is told with announcements.
  request.headers.add("Prefer", "wait=2, return=minimal");
  ask(gateway_head_, std::move(request), &FileLookup::on_gateway_head);
}

void FileLookup::ask_gateway_row() {
  if (!gateway_ || !root()) return;
  auto url = http::Url::parse(gateway_->base + "/uri-res/N2X?" + root()->urn());
  if (!url) return;
  http::ClientRequest request;
  request.url = std::move(*url);
  request.rules = gateway_->rules;
  request.max_body_bytes = hash::leaf_row_bytes(length().value_or(hash::max_file_bytes));
  ask(gateway_row_, std::move(request), &FileLookup::on_row);
}

void FileLookup::ask_peer_row() {
  const auto swarm = services_.peers.in_swarm(*root());
  const auto usable = std::find_if(swarm.begin(), swarm.end(), [&](const auto& entry) {
    return services_.clock.now() >= entry.second->not_before;
  });
  if (usable == swarm.end()) return;
  auto url = http::Url::parse("http://" + usable->first.text() + "/uri-res/N2X?" + root()->urn());
  if (!url) return;
  http::ClientRequest request;
  request.url = std::move(*url);
  request.rules = services_.rules;
  request.max_body_bytes = hash::leaf_row_bytes(length().value_or(hash::max_file_bytes));
  ask(peer_row_, std::move(request), &FileLookup::on_row);
}

void FileLookup::ask_sidecars() {
  sidecars_asked_ = true;
  http::ClientRequest request;
  request.rules = services_.rules;
  request.max_redirects = 5;
  if (!row_) {
    request.url = item_.url.with_path_suffix(".thex");
    request.max_body_bytes = hash::leaf_row_bytes(length().value_or(hash::max_file_bytes));
    ask(sidecar_row_, request, &FileLookup::on_sidecar_row);
  }
  if (!facts_) {
    request.url = item_.url.with_path_suffix(".thex.json");
    request.max_body_bytes = max_facts_bytes;
    ask(sidecar_facts_, request, &FileLookup::on_sidecar_facts);
  }
  if (!row_ && !item_.length) {
    request.url = item_.url;
    request.method = "HEAD";
    ask(origin_head_, request, &FileLookup::on_origin_head);
  }
}

void FileLookup::on_gateway_head(http::WholeResponse response) {
  services_.statistics.gateway_bytes += response.body.size();
  const int status = response.head.status;
  gateway_is_hashing_ = status == 202;
  // It does not know the file, may not, or had to do enough for this address: no fault.
  if (gateway_is_hashing_ || status == 403 || status == 404 || status == 429) return;
  if (status != 200) return report_gateway("answers " + std::to_string(status));
  auto facts = media::parse_file_facts(response.body);
  if (!facts || !facts->root) return report_gateway("gives an answer that makes no sense");
  services_.problems.clear("gateway");
  if (item_.root && *facts->root != *item_.root) {
    services_.problems.report("gateway:" + item_.url.text(),
                              "the gateway names another file for " + name() +
                                  " than the playlist; the playlist's word is taken");
    return;
  }
  take_facts(std::move(*facts));
  if (!row_ && !gateway_row_) ask_gateway_row();
}

void FileLookup::report_gateway(const std::string& why) {
  services_.problems.report("gateway", "the gateway " + gateway_->base + " " + why +
                                           "; known listeners and the origin are used without it");
}

void FileLookup::take_facts(media::FileFacts facts) {
  // A sidecar's facts name no tree: the gateway's, which do, are the better ones.
  if (facts_ && (row_ || facts_->root || !facts.root)) return;
  facts_ = std::move(facts);
  if (!row_ && facts_->root) row_ = services_.store.row(*facts_->root);
  if (row_ && !row_at_) row_at_ = services_.clock.now();
  take_waiting_row();
}

void FileLookup::on_row(http::WholeResponse response) {
  services_.statistics.gateway_bytes += response.body.size();
  if (response.head.status != 200 || row_) return;
  raw_row_ = std::move(response.body);
  take_waiting_row();
}

void FileLookup::take_waiting_row() {
  // A sidecar may be out of date, and a length in a playlist wrong: the one that fits is right.
  const std::optional<std::uint64_t> told =
      facts_ && facts_->length > 0 ? std::optional(facts_->length) : std::nullopt;
  for (const auto& candidate :
       {item_.root ? item_.length : told, told, item_.length, origin_length_}) {
    if (candidate && !row_) try_waiting_row(*candidate);
  }
}

void FileLookup::try_waiting_row(std::uint64_t file_length) {
  if (raw_row_.size() != hash::leaf_row_bytes(file_length)) return;
  hash::TreeRoot of_row;
  if (const auto named = root()) {
    of_row = *named;
  } else {
    // Nobody but the sidecar names a tree: it is what its own leaves add up to.
    std::vector<hash::Digest> leaves(raw_row_.size() / sizeof(hash::Digest));
    std::memcpy(leaves.data(), raw_row_.data(), raw_row_.size());
    of_row.digest = hash::root_of(leaves);
  }
  auto parsed = hash::LeafRow::parse(as_bytes(raw_row_), of_row, file_length);
  if (!parsed) return;
  raw_row_.clear();
  row_ = std::make_shared<const hash::LeafRow>(std::move(*parsed));
  row_at_ = services_.clock.now();
}

void FileLookup::on_sidecar_row(http::WholeResponse response) {
  if (response.head.status != 200 || row_) return;
  raw_row_ = std::move(response.body);
  take_waiting_row();
}

void FileLookup::on_sidecar_facts(http::WholeResponse response) {
  if (response.head.status != 200) return;
  auto facts = media::parse_file_facts(response.body);
  if (!facts) return;
  facts->root.reset();
  take_facts(std::move(*facts));
}

void FileLookup::on_origin_head(http::WholeResponse response) {
  if (response.head.status != 200) return;
  const auto said = parse_uint(response.head.headers.find("Content-Length").value_or(""));
  if (said && *said <= hash::max_file_bytes) origin_length_ = said;
  const std::string_view type = response.head.headers.find("Content-Type").value_or("");
  origin_type_ = to_lower(trimmed(type.substr(0, type.find(';'))));
  take_waiting_row();
}

void FileLookup::finish() {
  if (!row_ && gateway_head_) report_gateway("has not answered yet");
  FoundFile found{row_, facts_.value_or(media::FileFacts{}), has_been_answered_};
  services_.problems.clear("tree:" + item_.url.text());
  found.facts.uri = item_.url.text();
  if (row_) {
    found.facts.root = row_->root();
    found.facts.length = row_->layout().length();
    // A peer's false facts could not have come this far, but a stale sidecar's could.
    if (!found.facts.seconds.empty() && found.facts.seconds.back() > found.facts.length) {
      found.facts.seconds.clear();
    }
    services_.store.write_record(record_key(item_.url), media::to_json(found.facts));
  }
  if (found.facts.length == 0) found.facts.length = length().value_or(0);
  if (!found.facts.duration) found.facts.duration = item_.duration;
  if (found.facts.type.empty()) found.facts.type = item_.type;
  if (found.facts.type.empty()) found.facts.type = origin_type_;
  // The callee may destroy this object, and with it the function being called.
  const OnFound on_found = std::move(on_found_);
  on_found(std::move(found));
}

}  // namespace alluvium::swarm
