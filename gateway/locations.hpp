#pragma once

#include "core/hash/tree.hpp"
#include "core/http/url.hpp"
#include "core/net/ip_address.hpp"
#include "gateway/file_version.hpp"
#include "gateway/swarm.hpp"

#include <string>
#include <vector>

namespace alluvium::gateway {

/// Where one file can be had right now. Value type.
struct Locations {
  std::vector<std::string> peers;  ///< URLs, as `peer_url` makes them.
  std::vector<http::Url> mirrors;
  std::vector<http::Url> origins;  ///< At most one; none for a version that was replaced there.

  /// Peers, then mirrors, then the origin, which is always among them; at most `most`.
  [[nodiscard]] std::vector<std::string> in_order(std::size_t most) const;
};

/// `http://192.0.2.1:8000/uri-res/N2R?urn:tree:sha256:…`
[[nodiscard]] std::string peer_url(const net::Endpoint& peer, const hash::TreeRoot& root);

}  // namespace alluvium::gateway
