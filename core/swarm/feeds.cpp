#include "core/swarm/feeds.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace alluvium::swarm {

using playlist::Slot;
using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

/// An item's last frames may be written this long after its slot has ended.
constexpr Duration after_end = seconds(3);
/// What the item on air must have of what follows before anything else is fetched.
constexpr Duration enough = seconds(30);
/// Nobody stands back any more for an item that begins so soon.
constexpr milliseconds soon = seconds(30);
/// Faults of an item that begins later are nobody's concern yet.
constexpr milliseconds far = seconds(60);
/// A download asks the origin four times at once and each peer twice; prefetching has a quarter.
constexpr unsigned requests_to_origin = 4;
constexpr unsigned requests_per_peer = 2;
constexpr unsigned most_requests = 8;

/// 128 kbit/s.
constexpr std::uint64_t likely_bytes_per_second = 16'000;

std::uint64_t likely_bytes(const playlist::Item& item) {
  const auto duration = item.duration.value_or(milliseconds(0));
  return static_cast<std::uint64_t>(duration / seconds(1)) * likely_bytes_per_second;
}

}  // namespace

Feeds::Feeds(Services& services, std::optional<Duration> ahead, std::function<void()> on_change)
    : services_(services),
      on_change_(std::move(on_change)),
      plan_(ahead, services.random),
      has_reach_(ahead) {}

ItemFeed* Feeds::find(const Slot& slot) const {
  const auto found = std::find_if(feeds_.begin(), feeds_.end(), [&](const auto& feed) {
    return feed->slot().start == slot.start && feed->slot().item == slot.item;
  });
  return found == feeds_.end() ? nullptr : found->get();
}

std::vector<ItemFeed*> Feeds::all() const {
  std::vector<ItemFeed*> all;
  for (const auto& feed : feeds_) all.push_back(feed.get());
  for (const auto& feed : over_) all.push_back(feed.get());
  return all;
}

AheadProgress Feeds::ahead() const {
  AheadProgress progress;
  for (const Expected& expected : expected_) {
    if (!has_reach_ || !expected.coming.is_first) continue;
    const ItemFeed* const feed = find(expected.coming.slot);
    ++progress.in_reach;
    if (feed != nullptr && feed->is_complete()) ++progress.complete;
  }
  return progress;
}

void Feeds::clear() {
  feeds_.clear();
  over_.clear();
  expected_.clear();
}

void Feeds::on_playlist(const playlist::Playlist& playlist, const playlist::Schedule& schedule,
                        WallTime programme_now) {
  for (auto& feed : feeds_) {
    const auto slot = schedule.on_air(feed->slot().heard_from());
    const bool stays = slot && slot->start == feed->slot().start &&
                       playlist.items[slot->item].names_file_of(feed->item());
    if (stays) {
      feed->set_broadcast(playlist.items[slot->item], *slot);
    } else if (feed->slot().end && programme_now >= *feed->slot().end) {
      // What is over is no longer the schedule's matter, and whoever still reads it reads on.
      drop(feed);
    } else {
      feed.reset();
    }
  }
  std::erase(feeds_, nullptr);
}

void Feeds::follow(const playlist::Playlist& playlist, const playlist::Schedule& schedule,
                   const std::optional<GatewayAccess>& gateway, WallTime programme_now) {
  expected_.clear();
  std::vector<Slot> wanted;
  for (const Coming& coming : plan_.look(playlist, schedule, programme_now)) {
    const playlist::Item& item = playlist.items[coming.slot.item];
    expected_.push_back({coming, item.length.value_or(likely_bytes(item))});
    if (coming.is_open) wanted.push_back(coming.slot);
  }
  if (const auto slot = schedule.on_air(programme_now)) wanted.push_back(*slot);
  for (auto& feed : feeds_) {
    const auto& slot = feed->slot();
    const bool is_over =
        slot.end && programme_now >= *slot.end + duration_cast<milliseconds>(after_end);
    // After a step of the clock what is far ahead is no more coming than what is long gone.
    const bool is_wanted = std::any_of(wanted.begin(), wanted.end(), [&](const Slot& other) {
      return other.start == slot.start && other.item == slot.item;
    });
    if (is_over || (!is_wanted && slot.heard_from() > programme_now + far)) drop(feed);
  }
  std::erase(feeds_, nullptr);
  std::erase_if(over_, [](const auto& feed) { return !feed->has_readers(); });
  for (const Slot& slot : wanted) open(playlist, slot, gateway, programme_now);
  std::stable_sort(feeds_.begin(), feeds_.end(), [](const auto& a, const auto& b) {
    return a->slot().heard_from() < b->slot().heard_from();
  });
}

void Feeds::open(const playlist::Playlist& playlist, const Slot& slot,
                 const std::optional<GatewayAccess>& gateway, WallTime programme_now) {
  if (ItemFeed* existing = find(slot)) {
    existing->set_slot(slot);
    return;
  }
  const bool is_far = slot.heard_from() > programme_now + far;
  feeds_.push_back(std::make_unique<ItemFeed>(services_, playlist.items[slot.item], slot, gateway,
                                              is_far, on_change_));
}

void Feeds::drop(std::unique_ptr<ItemFeed>& feed) {
  if (feed->has_readers()) {
    feed->leave_to_readers();
    over_.push_back(std::move(feed));
  }
  feed.reset();
}

unsigned Feeds::requests_to_spare(WallTime programme_now) const {
  const bool lacks = std::any_of(feeds_.begin(), feeds_.end(), [&](const auto& feed) {
    const bool is_on = feed->slot().heard_from() <= programme_now &&
                       (!feed->slot().end || programme_now < *feed->slot().end);
    return is_on && !feed->has_next(enough);
  });
  if (lacks) return 0;
  const auto peers = static_cast<unsigned>(services_.peers.count());
  return std::min((requests_to_origin + requests_per_peer * peers) / 4, most_requests);
}

std::uint64_t Feeds::begun_bytes() const {
  std::uint64_t bytes = 0;
  for (const Expected& expected : expected_) {
    const ItemFeed* const feed = find(expected.coming.slot);
    const bool is_begun = expected.coming.is_first && feed != nullptr && feed->has_kept();
    if (is_begun) bytes += feed->length().value_or(0);
  }
  return bytes;
}

void Feeds::update_coming(WallTime programme_now) {
  unsigned spare = requests_to_spare(programme_now);
  const std::uint64_t room = services_.store.capacity_bytes() / 2;
  std::uint64_t taken = begun_bytes();
  for (const Expected& expected : expected_) {
    ItemFeed* const feed = find(expected.coming.slot);
    const bool is_begun = feed != nullptr && feed->has_kept();
    const auto known = feed != nullptr && feed->is_known() ? feed->length() : std::nullopt;
    const std::uint64_t more = is_begun ? 0 : known.value_or(expected.bytes);
    const bool fits = taken + more <= room;
    // Room is kept for what comes before and has not begun yet.
    if (fits && expected.coming.is_first) taken += more;
    if (feed == nullptr) continue;
    const WallTime start = expected.coming.slot.heard_from();
    const bool is_soon = start <= programme_now + soon;
    feed->set_far(start > programme_now + far);
    // The bytes of a later broadcast come already, for the one before it.
    feed->limit_bulk(!expected.coming.is_first ? 0 : is_soon ? UINT_MAX : fits ? spare : 0);
    feed->update(programme_now);
    if (!is_soon) spare -= std::min(spare, feed->requests());
  }
}

void Feeds::update(WallTime programme_now) {
  // The one on air first, as in everything.
  for (const auto& feed : feeds_) {
    if (feed->slot().heard_from() > programme_now) continue;
    feed->set_far(false);
    feed->limit_bulk(UINT_MAX);
    feed->update(programme_now);
  }
  update_coming(programme_now);
  for (const auto& feed : over_) feed->update(programme_now);
}

}  // namespace alluvium::swarm
