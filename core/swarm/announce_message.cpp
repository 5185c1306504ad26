#include "core/swarm/announce_message.hpp"

#include "core/base/text.hpp"
#include "core/http/range.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace alluvium::swarm {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr std::size_t max_answer_bytes = 256 * 1024;
constexpr int max_depth = 8;
constexpr std::int64_t max_escape_bytes = 16 << 20;

/// A document within bounds, or a discarded value.
json parse_bounded(std::string_view text) {
  if (text.size() > max_answer_bytes) return json(json::value_t::discarded);
  bool too_deep = false;
  json document = json::parse(
      text,
      [&](int depth, json::parse_event_t, json&) {
        too_deep = too_deep || depth > max_depth;
        return !too_deep;
      },
      false);
  return too_deep ? json(json::value_t::discarded) : document;
}

std::optional<std::int64_t> number(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number()) return std::nullopt;
  const double value = found->get<double>();
  if (!(value >= 0 && value <= 1e12)) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

std::optional<std::string> text(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

const json& list(const json& object, const char* name) {
  static const json empty = json::array();
  const auto found = object.find(name);
  return found != object.end() && found->is_array() ? *found : empty;
}

constexpr std::size_t most_invitations = 8;
constexpr std::size_t most_places = 4;
constexpr std::size_t longest_token = 256;
constexpr Duration longest_to_meeting = seconds(10);

/// It goes into a header field as it is.
bool is_token(std::string_view text) {
  return !text.empty() && text.size() <= longest_token &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

constexpr std::string_view unit = "bytes ";

/// `0-16383,32768-49151`
std::string ranges_text(const std::vector<ByteRange>& ranges) {
  return http::format_available_ranges(ranges).substr(unit.size());
}

std::string_view failing_text(Failing why) {
  switch (why) {
    case Failing::late:
      return "timeout";
    case Failing::untrue:
      return "false";
    case Failing::unwilling:
      break;
  }
  return "refused";
}

Duration between(std::optional<std::int64_t> count, Duration one, Duration least, Duration most) {
  return count ? std::clamp<Duration>(one * *count, least, most) : least;
}

std::optional<Ticket> ticket_in(const json& told) {
  const auto found = told.find("ticket");
  if (found == told.end() || !found->is_number_unsigned()) return std::nullopt;
  return found->get<Ticket>();
}

std::optional<Direction> direction(const json& told) {
  const std::string source = text(told, "source").value_or("");
  if (source == "origin") {
    return FromOrigin{
        between(number(told, "lease_ms"), milliseconds(1), milliseconds(100), seconds(60)),
        ticket_in(told)};
  }
  if (source == "wait") {
    return FromNobody{
        between(number(told, "retry_ms"), milliseconds(1), milliseconds(50), seconds(10))};
  }
  const auto peer = net::parse_endpoint(source);
  if (!peer) return std::nullopt;
  return FromPeer{*peer, ticket_in(told).value_or(0),
                  between(number(told, "wait"), seconds(1), seconds(0), seconds(30))};
}

/// An entry without a name is about the file of the one before.
std::vector<ToldSource> sources(const json& from) {
  std::vector<ToldSource> told;
  std::optional<hash::TreeRoot> root;
  for (const json& entry : from) {
    if (!entry.is_object()) continue;
    if (const auto urn = text(entry, "urn")) root = hash::TreeRoot::from_urn(*urn);
    const auto ranges =
        http::parse_available_ranges(std::string(unit) + text(entry, "bytes").value_or(""));
    auto where = direction(entry);
    if (root && ranges && where) told.push_back({*root, *ranges, std::move(*where)});
  }
  return told;
}

json endpoints(const std::vector<net::Endpoint>& list) {
  json texts = json::array();
  for (const auto& endpoint : list) texts.push_back(endpoint.text());
  return texts;
}

/// Empty if there is nothing to say.
json reverse_json(const ReverseReport& report) {
  json object = json::object();
  if (report.needs_key) object["key"] = true;
  if (!report.from.empty()) object["from"] = endpoints(report.from);
  if (report.to) object["to"] = endpoints(*report.to);
  if (!report.local.empty()) object["local"] = endpoints(report.local);
  if (!report.mates.empty()) object["mates"] = endpoints(report.mates);
  return object;
}

std::optional<Duration> meet_in(const json& entry) {
  const auto ms = number(entry, "in_ms");
  if (!ms) return std::nullopt;
  return std::min<Duration>(milliseconds(*ms), longest_to_meeting);
}

std::optional<AddressProof> address_proof(const json& object) {
  const auto address = net::parse_endpoint(text(object, "address").value_or(""));
  auto token = text(object, "token");
  if (!address || !token || !is_token(*token)) return std::nullopt;
  return AddressProof{*address, std::move(*token)};
}

ToldReverse told_reverse(const json& object) {
  ToldReverse told;
  const auto now = number(object, "now");
  if (now) {
    told.key = hash::digest_from_hex(text(object, "key").value_or(""));
    told.now = reverse::GatewayTime(seconds(*now));
  }
  for (const json& entry : list(object, "to")) {
    if (told.to.size() >= most_invitations) break;
    if (!entry.is_object()) continue;
    const auto endpoint = net::parse_endpoint(text(entry, "address").value_or(""));
    auto token = text(entry, "token");
    if (!endpoint || !token || !is_token(*token)) continue;
    told.to.push_back({*endpoint, std::move(*token), meet_in(entry)});
  }
  for (const json& entry : list(object, "mates")) {
    if (told.mates.size() >= most_invitations) break;
    if (!entry.is_object()) continue;
    const auto endpoint = net::parse_endpoint(text(entry, "address").value_or(""));
    auto token = text(entry, "token");
    if (!endpoint || !token || !is_token(*token)) continue;
    HouseInvitation mate{*endpoint, std::move(*token), {}};
    for (const json& place : list(entry, "local")) {
      if (mate.places.size() >= most_places || !place.is_string()) break;
      const auto read = net::parse_endpoint(place.get_ref<const std::string&>());
      if (read) mate.places.push_back(*read);
    }
    told.mates.push_back(std::move(mate));
  }
  for (const json& entry : list(object, "expect")) {
    if (told.expect.size() >= most_invitations) break;
    if (!entry.is_object()) continue;
    const auto endpoint = net::parse_endpoint(text(entry, "address").value_or(""));
    if (endpoint) told.expect.push_back({*endpoint, meet_in(entry).value_or(Duration::zero())});
  }
  return told;
}

}  // namespace

std::string to_json(const AnnounceRequest& request) {
  json holdings = json::array();
  for (const Holding& holding : request.holdings) {
    holdings.push_back({{"urn", holding.root.urn()}, {"available", holding.available}});
  }
  json wants = json::array();
  for (const Wanted& wanted : request.wants) {
    wants.push_back({{"urn", wanted.root.urn()},
                     {"bytes", ranges_text(wanted.ranges)},
                     {"by_ms", std::chrono::ceil<milliseconds>(wanted.by).count()}});
  }
  json document = {
      {"port", request.port}, {"up_bps", request.up_bps}, {"holdings", holdings}, {"want", wants}};
  if (request.from_peers_bytes > 0) document["from_peers_bytes"] = request.from_peers_bytes;
  if (request.from_origin_bytes > 0) document["from_origin_bytes"] = request.from_origin_bytes;
  if (request.wants_proof) document["also"] = true;
  if (json reverse = reverse_json(request.reverse); !reverse.empty()) {
    document["reverse"] = std::move(reverse);
  }
  if (request.failures.empty()) return document.dump();
  json& failed = document["failed"] = json::array();
  for (const FailedSource& failure : request.failures) {
    failed.push_back({{"urn", failure.root.urn()},
                      {"bytes", ranges_text(failure.ranges)},
                      {"source", failure.peer ? failure.peer->text() : "origin"},
                      {"why", failing_text(failure.why)}});
  }
  return document.dump();
}

std::string second_announcement(std::uint16_t port, const AddressProof& proof) {
  const json also = {{"address", proof.address.text()}, {"token", proof.token}};
  return json({{"port", port}, {"also", also}}).dump();
}

Result<AnnounceAnswer> parse_announce_answer(std::string_view body) {
  const json document = parse_bounded(body);
  if (!document.is_object()) return Error{"the answer is not a JSON object"};
  AnnounceAnswer answer;
  if (const auto expires = number(document, "expires")) {
    answer.expires = std::clamp<Duration>(seconds(*expires), seconds(5), seconds(3600));
  }
  if (const auto interval = number(document, "interval_ms")) {
    answer.interval = std::clamp<Duration>(milliseconds(*interval), milliseconds(250), seconds(60));
  }
  if (const auto you = text(document, "you")) answer.you = net::IpAddress::parse(*you);
  const auto reachable = document.find("reachable");
  if (reachable != document.end() && reachable->is_boolean()) {
    answer.reachable = reachable->get<bool>();
  }
  const auto also = document.find("also");
  if (also != document.end() && also->is_object()) answer.proof = address_proof(*also);
  for (const json& swarm : list(document, "swarms")) {
    if (!swarm.is_object()) continue;
    const auto root = hash::TreeRoot::from_urn(text(swarm, "urn").value_or(""));
    if (!root) continue;
    ToldSwarm told{*root, {}};
    for (const json& peer : list(swarm, "peers")) {
      if (!peer.is_object()) continue;
      const auto endpoint = net::parse_endpoint(text(peer, "address").value_or(""));
      if (endpoint) told.peers.push_back({*endpoint, text(peer, "available").value_or("none")});
    }
    answer.swarms.push_back(std::move(told));
  }
  if (document.contains("from")) answer.from = sources(list(document, "from"));
  const auto reverse = document.find("reverse");
  if (reverse != document.end() && reverse->is_object()) answer.reverse = told_reverse(*reverse);
  answer.escape_bytes = static_cast<std::uint64_t>(
      std::min<std::int64_t>(number(document, "escape_bytes").value_or(0), max_escape_bytes));
  return answer;
}

}  // namespace alluvium::swarm
