#include "player-bridge/status_gathering.hpp"

#include <algorithm>
#include <utility>

namespace alluvium::bridge {

namespace {

constexpr std::uint32_t max_cells = 512;
constexpr std::size_t max_peers = 50;

double in_seconds(Duration d) {
  return std::chrono::duration<double>(d).count();
}

ItemStatus describe(const playlist::Item& item, const playlist::Slot& slot, WallTime now) {
  ItemStatus status{item.display_title(), item.url.text(), slot.heard_from(), slot.end,
                    in_seconds(now - slot.start)};
  status.name = item.title.empty() ? status.title : item.title;
  if (!item.title.empty()) status.creator = item.creator;
  status.is_filler = slot.is_filler;
  return status;
}

void describe_schedule(const swarm::Engine& engine, ListenerStatus& status) {
  const playlist::Schedule* schedule = engine.schedule();
  if (schedule == nullptr) return;
  const auto described = [&](const std::optional<playlist::Slot>& slot) {
    std::optional<ItemStatus> item;
    if (slot) item = describe(engine.playlist()->items[slot->item], *slot, status.now);
    return item;
  };
  status.item = described(schedule->on_air(status.now));
  status.next = described(schedule->next_programme_after(status.now));
}

void describe_current(const swarm::ItemFeed& feed, ListenerStatus& status) {
  if (feed.source() == nullptr) return;
  const swarm::ByteSource& source = *feed.source();
  const hash::ChunkLayout layout(source.length().value_or(0));
  const Duration position = status.now - feed.slot().start;
  const std::uint64_t offset = feed.timetable().offset_at(position);
  const hash::ChunkIndex at = layout.chunk_at(offset);
  const std::uint32_t ahead = source.run_from(at);
  if (ahead > 0) {
    const std::uint64_t held_to = layout.bytes_of({at, at.plus(ahead)}).end;
    status.buffer_seconds = std::max(0.0, in_seconds(feed.timetable().time_at(held_to) - position));
  }
  status.chunks_held = source.held();
  if (!source.length()) return;
  status.chunks_total = layout.count();
  const double length = static_cast<double>(std::max<std::uint64_t>(layout.length(), 1));
  status.map = MapStatus{draw_cells(source, layout.count(), max_cells),
                         std::min(1.0, static_cast<double>(offset) / length), source.is_verified()};
}

}  // namespace

ListenerStatus gather_status(node::Node& node) {
  const swarm::Engine& engine = node.engine();
  const swarm::Services& services = node.services();
  const swarm::ItemFeed* feed = engine.current();
  ListenerStatus status;
  status.now = engine.programme_now();
  status.lag_seconds = in_seconds(services.clock.wall_now() - status.now);
  describe_schedule(engine, status);
  if (feed != nullptr) describe_current(*feed, status);
  status.bytes = services.statistics;
  status.peers = services.peers.count();
  status.peer_list = list_peers(services.peers, node.uploads().sent(),
                                feed == nullptr ? std::nullopt : feed->root(), max_peers);
  status.reachable = engine.reachable();
  status.port_mapping = node.port_mapping();
  status.reach = answer_reach(reach_facts(node));
  status.open_offers = engine.reversed();
  status.neighbours = services.neighbours->all().size();
  status.problems = services.problems.list();
  status.upload = node.upload();
  return status;
}

ReachFacts reach_facts(node::Node& node) {
  const auto peer_port = node.peer_endpoint();
  ReachFacts facts;
  facts.is_sharing = peer_port.has_value();
  facts.port = peer_port ? peer_port->port : std::uint16_t{0};
  facts.mapping = node.port_mapping();
  facts.has_sent = node.services().statistics.uploaded_bytes > 0;
  const swarm::ReachByFamily reach = node.engine().reach();
  facts.by_ipv4 = reach.v4;
  facts.by_ipv6 = reach.v6;
  facts.is_in_doubt = reach.is_in_doubt;
  return facts;
}

std::string draw_cells(const swarm::ByteSource& source, std::uint32_t total, std::uint32_t limit) {
  const std::uint32_t count = std::min(total, limit);
  const auto begin_of = [&](std::uint32_t cell) {
    return static_cast<std::uint32_t>(std::uint64_t{cell} * total / count);
  };
  std::string cells;
  std::uint32_t run_end = 0;  ///< Of the run of held chunks that was seen last.
  for (std::uint32_t cell = 0; cell < count; ++cell) {
    const std::uint32_t end = begin_of(cell + 1);
    const std::uint32_t size = end - begin_of(cell);
    std::uint32_t held = 0;
    for (std::uint32_t i = begin_of(cell); i < end;) {
      if (i >= run_end) run_end = i + source.run_from({i});
      const std::uint32_t here = std::min(run_end, end);
      held += here > i ? here - i : 0;
      i = std::max(here, i + 1);
    }
    if (held == 0 || held == size) {
      cells += held == 0 ? '.' : '#';
    } else {
      cells +=
          static_cast<char>('0' + std::clamp<std::uint64_t>(std::uint64_t{held} * 10 / size, 1, 9));
    }
  }
  return cells;
}

std::vector<PeerStatus> list_peers(const swarm::PeerBook& book,
                                   const std::map<net::IpAddress, std::uint64_t>& sent,
                                   const std::optional<hash::TreeRoot>& current,
                                   std::size_t limit) {
  std::map<net::IpAddress, unsigned> known_at;
  for (const auto& [endpoint, peer] : book.all()) ++known_at[endpoint.address];
  std::vector<PeerStatus> rows;
  for (const auto& [endpoint, peer] : book.all()) {
    PeerStatus row;
    row.address = endpoint.text();
    row.received_bytes = peer.received_bytes;
    row.is_banned = peer.banned;
    const auto taken = sent.find(endpoint.address);
    if (taken != sent.end() && known_at[endpoint.address] == 1) row.sent_bytes = taken->second;
    if (current && peer.holdings.contains(*current)) {
      const store::ChunkMap& map = peer.holdings.at(*current);
      row.holds = static_cast<double>(map.count()) / std::max(map.size(), 1u);
    }
    rows.push_back(std::move(row));
  }
  for (const auto& [address, bytes] : sent) {
    const auto known = known_at.find(address);
    if (known != known_at.end() && known->second == 1) continue;
    PeerStatus row;
    row.address = address.text();
    row.sent_bytes = bytes;
    rows.push_back(std::move(row));
  }
  std::stable_sort(rows.begin(), rows.end(), [](const PeerStatus& a, const PeerStatus& b) {
    return a.received_bytes + a.sent_bytes > b.received_bytes + b.sent_bytes;
  });
  if (rows.size() > limit) rows.resize(limit);
  return rows;
}

}  // namespace alluvium::bridge
