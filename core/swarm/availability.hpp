#pragma once

#include "core/hash/chunks.hpp"
#include "core/http/client.hpp"
#include "core/store/chunk_map.hpp"

#include <optional>

namespace alluvium::swarm {

/// What a peer's answer to a request for a part of a file says of what it has (the Partial File
/// Sharing Protocol's `X-Available-Ranges`; a 206 without it comes from one that has all). Pure.
struct SaidAvailability {
  std::optional<store::ChunkMap> map;  ///< None if the answer does not say.
  bool is_malformed = false;
};

[[nodiscard]] SaidAvailability availability_of(const http::ClientResponse& head,
                                               const hash::ChunkLayout& layout);

}  // namespace alluvium::swarm
