#pragma once

#include "core/hash/chunks.hpp"

#include <span>
#include <vector>

namespace alluvium::leases {

/// Ascending runs of chunks, apart from each other: what somebody holds, or is asked about.
using ChunkRuns = std::vector<hash::ChunkRun>;

[[nodiscard]] bool has_chunk(std::span<const hash::ChunkRun> runs, hash::ChunkIndex chunk);
/// What `runs` have and `others` do not.
[[nodiscard]] ChunkRuns difference(std::span<const hash::ChunkRun> runs,
                                   std::span<const hash::ChunkRun> others);
/// Any runs, also overlapping ones, as ascending ones within a file of `count` chunks; the first
/// `most` of them.
[[nodiscard]] ChunkRuns in_order(ChunkRuns runs, std::uint32_t count, std::size_t most);

}  // namespace alluvium::leases
