#include "gateway/companions/peer_record.hpp"

#include "core/http/range.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace alluvium::gateway {

namespace {

using Json = nlohmann::json;

constexpr int max_depth = 6;
constexpr std::uint64_t longest_ms = 60'000;

std::uint64_t number(const Json& object, const char* name) {
  const auto member = object.find(name);
  return member != object.end() && member->is_number_unsigned() ? member->get<std::uint64_t>() : 0;
}

std::string_view text(const Json& object, const char* name) {
  const auto member = object.find(name);
  if (member == object.end() || !member->is_string()) return {};
  return member->get_ref<const std::string&>();
}

Duration time(const Json& object, const char* name) {
  return std::chrono::milliseconds(std::min(number(object, name), longest_ms));
}

Json lease_json(const PeerRecord::Lease& lease) {
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(lease.remains).count();
  return {{"bytes", http::format_available_ranges({lease.range})},
          {"ticket", lease.ticket},
          {"ms", std::max<std::int64_t>(ms, 0)}};
}

std::optional<PeerRecord::Lease> parse_lease(const Json& json) {
  if (!json.is_object()) return std::nullopt;
  const auto ranges = http::parse_available_ranges(text(json, "bytes"));
  if (!ranges || ranges->size() != 1) return std::nullopt;
  return PeerRecord::Lease{ranges->front(), number(json, "ticket"), time(json, "ms")};
}

std::optional<PeerRecord::File> parse_file(const Json& json) {
  if (!json.is_object()) return std::nullopt;
  const auto root = hash::TreeRoot::from_urn(text(json, "urn"));
  auto available = Availability::parse(text(json, "available"));
  if (!root || !available) return std::nullopt;
  PeerRecord::File file{*root, std::move(*available), {}};
  const auto leases = json.find("leases");
  if (leases == json.end() || !leases->is_array()) return file;
  for (const auto& entry : *leases) {
    if (file.leases.size() >= max_leases_in_record) break;
    if (const auto lease = parse_lease(entry)) file.leases.push_back(*lease);
  }
  return file;
}

std::optional<bool> truth(const Json& object, const char* name) {
  const auto member = object.find(name);
  if (member == object.end() || !member->is_boolean()) return std::nullopt;
  return member->get<bool>();
}

std::optional<leases::Alias> parse_alias(const Json& record) {
  const auto also = record.find("also");
  if (also == record.end() || !also->is_object()) return std::nullopt;
  const auto endpoint = net::parse_endpoint(text(*also, "address"));
  if (!endpoint) return std::nullopt;
  return leases::Alias{*endpoint, truth(*also, "reachable")};
}

}  // namespace

std::string to_json(const PeerRecord& record) {
  Json files = Json::array();
  for (const auto& file : record.files) {
    Json entry = {{"urn", file.root.urn()}, {"available", file.available.text()}};
    for (const auto& lease : file.leases) entry["leases"].push_back(lease_json(lease));
    files.push_back(std::move(entry));
  }
  const auto silent = std::chrono::ceil<std::chrono::milliseconds>(record.silent_after).count();
  Json json = {{"up_bps", record.up_bps},
               {"silent_ms", std::max<std::int64_t>(silent, 0)},
               {"files", std::move(files)}};
  if (record.reachable) json["reachable"] = *record.reachable;
  if (record.alias) {
    json["also"]["address"] = record.alias->endpoint.text();
    if (record.alias->reachable) json["also"]["reachable"] = *record.alias->reachable;
  }
  return json.dump();
}

Result<PeerRecord> parse_peer_record(std::string_view json_text) {
  if (json_text.size() > max_record_bytes) return Error{"the record is too long"};
  bool is_too_deep = false;
  const auto bound_depth = [&](int depth, Json::parse_event_t, Json&) {
    is_too_deep = is_too_deep || depth > max_depth;
    return !is_too_deep;
  };
  const Json json = Json::parse(json_text.begin(), json_text.end(), bound_depth, false);
  if (is_too_deep || !json.is_object()) return Error{"the record is not a JSON object"};
  PeerRecord record;
  record.up_bps = number(json, "up_bps");
  record.silent_after = time(json, "silent_ms");
  record.reachable = truth(json, "reachable");
  record.alias = parse_alias(json);
  const auto files = json.find("files");
  if (files == json.end() || !files->is_array()) return record;
  for (const auto& entry : *files) {
    if (auto file = parse_file(entry)) record.files.push_back(std::move(*file));
  }
  return record;
}

}  // namespace alluvium::gateway
