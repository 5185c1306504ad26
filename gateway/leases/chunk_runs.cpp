#include "gateway/leases/chunk_runs.hpp"

#include <algorithm>

namespace alluvium::leases {

bool has_chunk(std::span<const hash::ChunkRun> runs, hash::ChunkIndex chunk) {
  const auto after =
      std::upper_bound(runs.begin(), runs.end(), chunk,
                       [](hash::ChunkIndex i, const hash::ChunkRun& run) { return i < run.begin; });
  return after != runs.begin() && std::prev(after)->contains(chunk);
}

ChunkRuns difference(std::span<const hash::ChunkRun> runs, std::span<const hash::ChunkRun> others) {
  ChunkRuns left;
  auto other = others.begin();
  for (hash::ChunkRun run : runs) {
    while (other != others.end() && other->end <= run.begin) ++other;
    for (auto cut = other; cut != others.end() && cut->begin < run.end; ++cut) {
      if (run.begin < cut->begin) left.push_back({run.begin, cut->begin});
      run.begin = std::max(run.begin, cut->end);
    }
    if (!run.empty()) left.push_back(run);
  }
  return left;
}

ChunkRuns in_order(ChunkRuns runs, std::uint32_t count, std::size_t most) {
  for (auto& run : runs) run.end = std::min(run.end, hash::ChunkIndex{count});
  std::erase_if(runs, [](const hash::ChunkRun& run) { return run.empty(); });
  std::sort(runs.begin(), runs.end());
  ChunkRuns ordered;
  for (const auto& run : runs) {
    if (!ordered.empty() && run.begin <= ordered.back().end) {
      ordered.back().end = std::max(ordered.back().end, run.end);
    } else if (ordered.size() < most) {
      ordered.push_back(run);
    } else {
      break;
    }
  }
  return ordered;
}

}  // namespace alluvium::leases
