#pragma once

#include "core/base/byte_range.hpp"
#include "core/base/result.hpp"
#include "core/hash/tree.hpp"
#include "core/time/clock.hpp"
#include "gateway/availability.hpp"
#include "gateway/leases/values.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alluvium::gateway {

/// What one gateway leaves to the next of a listener. Value type.
struct PeerRecord {
  struct Lease {
    ByteRange range;  ///< Of whole chunks.
    std::uint64_t ticket = 0;
    Duration remains{};
  };
  struct File {
    hash::TreeRoot root;
    Availability available;
    std::vector<Lease> leases;
  };
  std::uint64_t up_bps = 0;
  std::optional<bool> reachable;
  std::optional<leases::Alias> alias;
  Duration silent_after{};
  std::vector<File> files;
};

inline constexpr std::size_t max_record_bytes = 1024 * 1024;
inline constexpr std::size_t max_leases_in_record = 256;  ///< Of one file.

/// Short JSON.
[[nodiscard]] std::string to_json(const PeerRecord& record);
/// Errors: not JSON, too long or deep. Files and leases that make no sense are left out.
[[nodiscard]] Result<PeerRecord> parse_peer_record(std::string_view json);

}  // namespace alluvium::gateway
