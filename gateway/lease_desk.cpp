#include "gateway/lease_desk.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace alluvium::gateway {

namespace {

leases::Held held_chunks(const Availability& available, const hash::ChunkLayout& layout) {
  leases::Held held{available.complete, {}};
  for (const auto& range : available.ranges) held.runs.push_back(layout.chunks_inside(range));
  return held;
}

/// Every chunk that is touched.
std::vector<hash::ChunkRun> touched_chunks(const std::vector<ByteRange>& ranges,
                                           const hash::ChunkLayout& layout) {
  std::vector<hash::ChunkRun> runs;
  for (const auto& range : ranges) {
    if (range.begin >= layout.length()) break;
    const hash::ChunkRun run{layout.chunk_at(range.begin), layout.chunk_at(range.end - 1).plus(1)};
    if (!runs.empty() && run.begin <= runs.back().end) {
      runs.back().end = std::max(runs.back().end, run.end);
    } else {
      runs.push_back(run);
    }
  }
  return runs;
}

/// Whether the asker is to say soon how it went on.
bool is_pressing(const leases::Given& given) {
  const auto* nobody = std::get_if<leases::FromNobody>(&given.from);
  if (nobody != nullptr) return nobody->retry < LeaseDesk::calm_interval;
  return std::holds_alternative<leases::FromOrigin>(given.from);
}

}  // namespace

void LeaseDesk::on_peer(const Announcement& announcement, const net::Endpoint& peer,
                        std::optional<bool> reachable, const std::optional<leases::Alias>& alias) {
  const bool wants_something = announcement.wants && !announcement.wants->empty();
  const Instant now = clock_.now();
  book_.on_peer(
      {peer, announcement.up_bps, reachable, wants_something ? silence : leases::peer_lifetime,
       announcement.reverse ? announcement.reverse->from : std::vector<net::Endpoint>(), alias},
      now);
  for (const auto& holding : announcement.holdings) {
    if (const auto layout = open(holding.root)) {
      book_.on_have(peer, holding.root, held_chunks(holding.available, *layout), now);
    }
  }
}

void LeaseDesk::on_want(const Announcement& announcement, const net::Endpoint& asker,
                        AnnounceAnswer& answer) {
  if (!announcement.wants) return;
  bool is_urgent = false;
  std::vector<leases::Want> wants;
  for (const auto& want : *announcement.wants) {
    const auto layout = open(want.root);
    if (!layout) continue;
    wants.push_back({want.root, touched_chunks(want.ranges, *layout), want.by});
    is_urgent = is_urgent || want.by <= leases::urgent_window;
  }
  std::vector<leases::Failure> failures;
  for (const auto& failure : announcement.failures) {
    if (const auto layout = open(failure.root)) {
      failures.push_back(
          {failure.root, touched_chunks(failure.ranges, *layout), failure.source, failure.why});
    }
  }
  const leases::Answer given = book_.on_want(asker, wants, failures, clock_.now());
  answer.escape_bytes = given.escape_bytes;
  for (const auto& one : given.given) {
    const auto layout = open(one.root);
    if (!layout) continue;
    AnnounceAnswer::SourceNews news{one.root, {}, one.from};
    // The origin of a version that was replaced no longer has its bytes: only listeners do.
    const bool is_at_origin = std::holds_alternative<leases::FromOrigin>(one.from);
    if (is_at_origin && registry_.urls_of(one.root).empty()) {
      news.from = leases::FromNobody{replaced_retry};
    }
    for (const auto& run : one.runs) news.ranges.push_back(layout->bytes_of(run));
    answer.from.push_back(std::move(news));
  }
  const bool is_calm =
      !is_urgent && std::none_of(given.given.begin(), given.given.end(), is_pressing);
  if (is_calm) answer.interval = std::max(answer.interval, calm_interval);
}

std::optional<PeerRecord> LeaseDesk::record_of(const net::Endpoint& peer) const {
  const auto known = book_.recollect(peer, clock_.now());
  if (!known) return std::nullopt;
  PeerRecord record{known->facts.up_bps,
                    known->facts.reachable,
                    known->facts.alias,
                    known->facts.silent_after,
                    {}};
  for (const auto& file : known->files) {
    const auto version = registry_.by_root(file.root);
    if (!version) continue;
    const hash::ChunkLayout layout(version->facts.length);
    PeerRecord::File kept{file.root, {file.held.complete, {}}, {}};
    for (const auto& run : file.held.runs) kept.available.ranges.push_back(layout.bytes_of(run));
    for (const auto& lease : file.leases) {
      kept.leases.push_back({layout.bytes_of(lease.run), lease.ticket, lease.remains});
    }
    record.files.push_back(std::move(kept));
  }
  return record;
}

void LeaseDesk::restore(const net::Endpoint& peer, const PeerRecord& record) {
  leases::Recollection known{{peer, record.up_bps, record.reachable, record.silent_after}, {}};
  for (const auto& file : record.files) {
    const auto layout = open(file.root);
    if (!layout) continue;
    leases::Recollection::File kept{file.root, held_chunks(file.available, *layout), {}};
    for (const auto& lease : file.leases) {
      for (const auto& run : touched_chunks({lease.range}, *layout)) {
        kept.leases.push_back({run, lease.ticket, lease.remains});
      }
    }
    known.files.push_back(std::move(kept));
  }
  book_.restore(known, clock_.now());
}

std::optional<hash::ChunkLayout> LeaseDesk::open(const hash::TreeRoot& root) {
  const auto file = registry_.by_root(root);
  if (!file) return std::nullopt;
  const hash::ChunkLayout layout(file->facts.length);
  book_.on_file(root, {layout, file->facts.duration});
  return layout;
}

}  // namespace alluvium::gateway
