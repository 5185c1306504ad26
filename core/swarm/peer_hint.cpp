#include "core/swarm/peer_hint.hpp"

namespace alluvium::swarm {

namespace {

constexpr std::string_view scheme = "http://";
constexpr std::string_view path = "/uri-res/";
constexpr unsigned per_minute = 2;
constexpr std::size_t max_informants = 1'000;

}  // namespace

std::string peer_url(const net::Endpoint& peer, const hash::TreeRoot& root) {
  return std::string(scheme) + peer.text() + "/uri-res/N2R?" + root.urn();
}

std::string format_peer_hint(const net::Endpoint& peer, const hash::TreeRoot& root) {
  return peer_url(peer, root) + " ; N2R";
}

std::string format_own_hint(std::uint16_t port, const hash::TreeRoot& root) {
  return format_peer_hint({net::IpAddress::v4(0, 0, 0, 0), port}, root);
}

std::optional<net::Endpoint> parse_peer_hint(std::string_view value) {
  if (!value.starts_with(scheme)) return std::nullopt;
  value.remove_prefix(scheme.size());
  const auto end = value.find(path);
  if (end == std::string_view::npos) return std::nullopt;
  const auto endpoint = net::parse_endpoint(value.substr(0, end));
  if (!endpoint) return std::nullopt;
  return *endpoint;
}

bool HintLimit::admits(const net::Endpoint& informant, Instant now) {
  const auto is_over = [now](const auto& entry) {
    return now - entry.second.since >= std::chrono::minutes(1);
  };
  if (counts_.size() >= max_informants) std::erase_if(counts_, is_over);
  const auto known = counts_.find(informant);
  if (known == counts_.end() && counts_.size() >= max_informants) return false;
  const bool is_new_minute = known == counts_.end() || is_over(*known);
  Count& count = counts_[informant];
  if (is_new_minute) count = {now, 0};
  if (count.taken >= per_minute) return false;
  ++count.taken;
  return true;
}

}  // namespace alluvium::swarm
