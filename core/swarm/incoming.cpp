#include "core/swarm/incoming.hpp"

#include <utility>

namespace alluvium::swarm {

void Incoming::add(const hash::TreeRoot& root, const ComingChunks& download) {
  downloads_.emplace_back(root, &download);
}

void Incoming::remove(const ComingChunks& download) {
  std::erase_if(downloads_, [&](const auto& known) { return known.second == &download; });
}

std::optional<OnItsWay> Incoming::coming(const hash::TreeRoot& root, hash::ChunkIndex index) const {
  for (const auto& [known, download] : downloads_) {
    if (known != root) continue;
    if (const auto coming = download->coming(index)) return coming;
  }
  return std::nullopt;
}

std::unique_ptr<Incoming::Wait> Incoming::wait(const hash::TreeRoot& root, hash::ChunkIndex index,
                                               std::function<void()> on_here) {
  waits_.emplace(++last_, Waiting{root, index, std::move(on_here)});
  return std::make_unique<Wait>(*this, last_);
}

void Incoming::on_chunk(const hash::TreeRoot& root, hash::ChunkIndex index) {
  std::vector<std::uint64_t> told;
  for (const auto& [number, waiting] : waits_) {
    if (waiting.root == root && waiting.index == index) told.push_back(number);
  }
  for (const std::uint64_t number : told) {
    // Those who were told before may have ended others' waiting.
    const auto found = waits_.find(number);
    if (found == waits_.end()) continue;
    const auto on_here = std::move(found->second.on_here);
    waits_.erase(found);
    on_here();
  }
}

}  // namespace alluvium::swarm
