#include "core/store/chunk_map.hpp"

#include <algorithm>
#include <bit>

namespace alluvium::store {

using hash::ChunkIndex;
using hash::ChunkRun;

ChunkMap ChunkMap::all(std::uint32_t chunks) {
  ChunkMap map(chunks);
  std::fill(map.words_.begin(), map.words_.end(), ~std::uint64_t{0});
  if (chunks % 64 != 0) map.words_.back() >>= 64 - chunks % 64;
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
  if (i.value >= size_ || has(i)) return;
  words_[i.value / 64] |= std::uint64_t{1} << i.value % 64;
  ++count_;
}

void ChunkMap::clear(ChunkIndex i) {
  if (!has(i)) return;
  words_[i.value / 64] &= ~(std::uint64_t{1} << i.value % 64);
  --count_;
}

void ChunkMap::add(const ChunkMap& other) {
  const std::size_t common = std::min(words_.size(), other.words_.size());
  for (std::size_t w = 0; w < common; ++w) words_[w] |= other.words_[w];
  if (size_ % 64 != 0) words_.back() &= ~std::uint64_t{0} >> (64 - size_ % 64);
  count_ = 0;
  for (const std::uint64_t word : words_) count_ += static_cast<std::uint32_t>(std::popcount(word));
}

std::uint32_t ChunkMap::run_from(ChunkIndex i, std::uint32_t limit) const {
  std::uint32_t run = 0;
  while (run < limit && i.value + run < size_) {
    const std::uint32_t at = i.value + run;
    const auto left = static_cast<std::uint32_t>(64 - at % 64);
    // The bits that are shifted in count as holes, and end nothing beyond the word.
    const auto here = static_cast<std::uint32_t>(std::countr_one(words_[at / 64] >> at % 64));
    run += std::min(here, left);
    if (here < left) break;
  }
  return std::min(run, limit);
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
  for (std::uint32_t i = 0; i < size_; ++i) text += has({i}) ? '#' : '.';
  return text;
}

}  // namespace alluvium::store
