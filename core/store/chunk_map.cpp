#include "core/store/chunk_map.hpp"

namespace alluvium::store {

using hash::ChunkIndex;
using hash::ChunkRun;

ChunkMap ChunkMap::all(std::uint32_t chunks) {
  ChunkMap map;
  map.has_.assign(chunks, true);
  map.count_ = chunks;
  return map;
}

ChunkMap ChunkMap::from_ranges(const std::vector<ByteRange>& ranges,
                               const hash::ChunkLayout& layout) {
  ChunkMap map(layout.count());
  for (const ByteRange& range : ranges) {
    const ChunkRun run = layout.chunks_inside(range);
    for (ChunkIndex i = run.begin; i < run.end; ++i) map.set(i);
  }
  return map;
}

ChunkMap ChunkMap::drawn(std::string_view text) {
  ChunkMap map(static_cast<std::uint32_t>(text.size()));
  for (std::uint32_t i = 0; i < text.size(); ++i) {
    if (text[i] == '#') map.set({i});
  }
  return map;
}

void ChunkMap::set(ChunkIndex i) {
  if (i.value >= has_.size() || has_[i.value]) return;
  has_[i.value] = true;
  ++count_;
}

void ChunkMap::clear(ChunkIndex i) {
  if (!has(i)) return;
  has_[i.value] = false;
  --count_;
}

std::uint32_t ChunkMap::run_from(ChunkIndex i, std::uint32_t limit) const {
  std::uint32_t run = 0;
  while (run < limit && has(i.plus(run))) ++run;
  return run;
}

std::vector<ByteRange> ChunkMap::ranges(const hash::ChunkLayout& layout) const {
  std::vector<ByteRange> result;
  for (std::uint32_t i = 0; i < size();) {
    const std::uint32_t run = run_from({i});
    if (run > 0) result.push_back(layout.bytes_of(ChunkRun{{i}, {i + run}}));
    i += run + 1;
  }
  return result;
}

std::string ChunkMap::drawing() const {
  std::string text;
  for (const bool has : has_) text += has ? '#' : '.';
  return text;
}

}  // namespace alluvium::store
