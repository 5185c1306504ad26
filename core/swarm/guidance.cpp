#include "core/swarm/guidance.hpp"

#include <algorithm>
#include <utility>

namespace alluvium::swarm {

namespace {

/// For so long what is due at once may be on its way from nobody.
constexpr Duration patience = std::chrono::seconds(2);
constexpr Duration alone = std::chrono::seconds(10);
constexpr std::size_t most_failures = 32;
/// Chunks of one source, however much a gateway says: several times what it answers at once.
constexpr std::uint32_t most_chunks_told = 1'024;

}  // namespace

Guide Guidance::guide(Instant now) const {
  return now < alone_until_ ? Guide::nobody : guide_;
}

std::vector<Wanted> Guidance::wants(const PickState& state, Instant now) const {
  std::vector<Wanted> wanted;
  if (guide_ == Guide::nobody) return wanted;
  for (const Want& want : wants_of(state, now)) {
    const ByteRange range = layout_.bytes_of(want.run);
    if (!wanted.empty() && wanted.back().by == want.by &&
        wanted.back().ranges.back().end < range.begin) {
      wanted.back().ranges.push_back(range);
    } else {
      wanted.push_back({root_, {range}, want.by});
    }
  }
  return wanted;
}

std::vector<hash::ChunkRun> Guidance::take(const ToldSource& told, Instant now) {
  std::vector<hash::ChunkRun> runs;
  std::uint32_t left = most_chunks_told;
  for (const ByteRange& range : told.ranges) {
    hash::ChunkRun run = layout_.chunks_inside(range);
    if (run.empty()) continue;
    if (left == 0) break;
    run.end = std::min(run.end, run.begin.plus(left));
    left -= run.size();
    directions_.take(run, told.from, now);
    runs.push_back(run);
  }
  return runs;
}

void Guidance::decline(const ToldSource& told, Failing why) {
  const auto* const from = std::get_if<FromPeer>(&told.from);
  if (from == nullptr) return;
  for (const ByteRange& range : told.ranges) {
    on_failure(layout_.chunks_inside(range), from->peer, why);
  }
}

void Guidance::look(bool is_under_way, Instant now) {
  if (is_under_way || guide_ != Guide::gateway) {
    lost_since_.reset();
    return;
  }
  if (!lost_since_) lost_since_ = now;
  if (now - *lost_since_ >= patience) alone_until_ = now + alone;
}

void Guidance::on_failure(hash::ChunkRun run, const std::optional<net::Endpoint>& peer,
                          Failing why) {
  directions_.forget(run);
  if (run.empty() || guide_ == Guide::nobody || failures_.size() >= most_failures) return;
  failures_.push_back({root_, {layout_.bytes_of(run)}, peer, why});
}

std::vector<FailedSource> Guidance::take_failures() {
  return std::exchange(failures_, {});
}

}  // namespace alluvium::swarm
