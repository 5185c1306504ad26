#include "core/swarm/engine.hpp"

#include "core/base/text.hpp"
#include "core/swarm/item_reader.hpp"
#include "core/time/w3cdtf.hpp"

#include <algorithm>
#include <utility>

namespace alluvium::swarm {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr Duration tick_time = milliseconds(250);
/// An item's last frames may be written this long after its slot has ended.
constexpr Duration after_end = seconds(3);
/// Without an answer of the gateway for so long a feed is opened fully all the same.
constexpr Duration answer_patience = seconds(1);

std::string without_slash(const http::Url& url) {
  std::string text = url.text();
  while (text.ends_with('/')) text.pop_back();
  return text;
}

Duration draw_lead(Random& random) {
  return seconds(20) + milliseconds(static_cast<std::int64_t>(random.below(10'000)));
}

}  // namespace

Engine::Engine(Services& services, EngineOptions options, EngineObserver& observer)
    : services_(services),
      options_(std::move(options)),
      observer_(observer),
      keeper_(services, options_.playlist,
              {[this](KeptPlaylist kept) { take(std::move(kept)); },
               [this](const std::string& sentence) { observer_.on_hopeless(sentence); },
               [this] { observer_.on_ready(); }}),
      tick_(services.timers.make_timer([this] {
        tick_->arm(tick_time);
        turn();
      })),
      soon_(services.timers.make_timer([this] { turn(); })),
      lead_(draw_lead(services.random)) {}

void Engine::start() {
  keeper_.start();
  tick_->arm(tick_time);
}

void Engine::leave(std::function<void()> on_done) {
  tick_->disarm();
  soon_->disarm();
  keeper_.stop();
  feeds_.clear();
  over_.clear();
  if (!announcer_) return on_done();
  announcer_->withdraw(std::move(on_done));
}

WallTime Engine::programme_now() const {
  return services_.clock.wall_now() - shift_.value_or(milliseconds(0));
}

const playlist::Playlist* Engine::playlist() const {
  return playlist_ ? &*playlist_ : nullptr;
}

ItemFeed* Engine::feed(const playlist::Slot& slot) {
  const auto found = std::find_if(feeds_.begin(), feeds_.end(), [&](const auto& feed) {
    return feed->slot().start == slot.start && feed->slot().item == slot.item;
  });
  return found == feeds_.end() ? nullptr : found->get();
}

std::vector<ItemFeed*> Engine::all_feeds() const {
  std::vector<ItemFeed*> all;
  for (const auto& feed : feeds_) all.push_back(feed.get());
  for (const auto& feed : over_) all.push_back(feed.get());
  return all;
}

std::unique_ptr<OnAirItem> Engine::another_reader(const playlist::Slot& slot) {
  ItemFeed* const read = feed(slot);
  return read == nullptr ? nullptr : std::make_unique<ItemReader>(*read);
}

const ItemFeed* Engine::current() const {
  if (!schedule_) return nullptr;
  const auto slot = schedule_->on_air(programme_now());
  return slot ? const_cast<Engine*>(this)->feed(*slot) : nullptr;
}

std::optional<bool> Engine::reachable() const {
  return announcer_ ? announcer_->reachable() : std::nullopt;
}

void Engine::set_upload_rate(std::uint64_t bits_per_second) {
  if (announcer_) announcer_->set_upload_rate(bits_per_second);
}

void Engine::soon() {
  soon_->arm(Duration::zero());
}

void Engine::turn() {
  if (schedule_) {
    if (options_.join_at_start && !has_begun_) hold_at_start();
    drop_old_feeds();
    make_feeds();
    report_schedule();
  }
  observer_.on_turn();
  open_feeds();
  for (ItemFeed* feed : all_feeds()) feed->update(programme_now());
  tell_announcer();
}

void Engine::hold_at_start() {
  // The programme stands still at the item's first instant until its file is known.
  const WallTime now = services_.clock.wall_now();
  if (!held_slot_) held_slot_ = schedule_->on_air(now);
  if (!held_slot_) return;
  shift_ = now - held_slot_->start;
  const ItemFeed* held = feed(*held_slot_);
  has_begun_ = held != nullptr && held->is_known();
}

void Engine::take(KeptPlaylist kept) {
  if (kept.is_from_special_address) services_.rules = net::AddressRules::everything();
  const playlist::Playlist before = playlist_.value_or(playlist::Playlist{});
  playlist_ = std::move(kept.content.playlist);
  schedule_ = std::make_unique<playlist::Schedule>(*playlist_);
  use_gateway_of(*playlist_);
  // Its place in the new list may be another, or none.
  if (!has_begun_) held_slot_.reset();

  // A feed stays if its file still begins then: what is playing is not disturbed by a new playlist.
  const WallTime now = programme_now();
  for (auto& feed : feeds_) {
    const auto slot = schedule_->on_air(feed->slot().start);
    const bool stays = slot && slot->start == feed->slot().start &&
                       playlist_->items[slot->item].names_file_of(feed->item());
    if (stays) {
      feed->set_broadcast(playlist_->items[slot->item], *slot);
    } else if (feed->slot().end && now >= *feed->slot().end) {
      // What is over is no longer the schedule's matter, and whoever still reads it reads on.
      drop(feed);
    } else {
      feed.reset();
    }
  }
  std::erase(feeds_, nullptr);

  std::vector<std::string> warnings = std::move(kept.content.warnings);
  warnings.insert(warnings.end(), schedule_->warnings().begin(), schedule_->warnings().end());
  observer_.on_playlist(*playlist_, warnings);
  soon();
}

void Engine::use_gateway_of(const playlist::Playlist& playlist) {
  std::optional<GatewayAccess> access;
  if (options_.use_gateway && options_.gateway) {
    access = GatewayAccess{without_slash(*options_.gateway), net::AddressRules::everything()};
  } else if (options_.use_gateway && playlist.gateway) {
    access = GatewayAccess{without_slash(*playlist.gateway), services_.rules};
  }
  const bool is_same =
      access.has_value() == gateway_.has_value() && (!access || access->base == gateway_->base);
  if (is_same) return;
  gateway_ = access;
  announcer_.reset();
  services_.problems.clear("gateway");
  if (gateway_) {
    announcer_ =
        std::make_unique<Announcer>(services_, *gateway_, options_.peer_port, [this] { soon(); });
  }
}

void Engine::make_feeds() {
  const WallTime now = programme_now();
  if (const auto slot = schedule_->on_air(now)) make_feed(*slot);
  const auto next = schedule_->next_after(now);
  if (next && next->start - now <= duration_cast<milliseconds>(lead_)) make_feed(*next);
}

void Engine::make_feed(const playlist::Slot& slot) {
  if (ItemFeed* existing = feed(slot)) {
    existing->set_slot(slot);
    return;
  }
  lead_ = draw_lead(services_.random);
  feeds_.push_back(std::make_unique<ItemFeed>(services_, playlist_->items[slot.item], slot,
                                              gateway_, [this] { soon(); }));
}

void Engine::drop_old_feeds() {
  const WallTime now = programme_now();
  std::erase_if(over_, [](const auto& feed) { return !feed->has_readers(); });
  for (auto& feed : feeds_) {
    const auto& slot = feed->slot();
    const bool is_over = slot.end && now >= *slot.end + duration_cast<milliseconds>(after_end);
    // After a step of the clock what is far ahead is no more "next" than what is long gone.
    const bool is_far = slot.start > now + seconds(60);
    if (is_over || is_far) drop(feed);
  }
  std::erase(feeds_, nullptr);
}

void Engine::drop(std::unique_ptr<ItemFeed>& feed) {
  if (feed->has_readers()) {
    feed->leave_to_readers();
    over_.push_back(std::move(feed));
  }
  feed.reset();
}

void Engine::open_feeds() {
  const Instant now = services_.clock.now();
  for (ItemFeed* feed : all_feeds()) {
    const auto root = feed->root();
    if (!root) continue;
    const bool has_waited = feed->known_since() && now - *feed->known_since() >= answer_patience;
    if (!announcer_ || announcer_->has_answered_for(*root) || has_waited) {
      feed->open_fully({announcer_ ? announcer_->self() : std::nullopt, announcer_ != nullptr});
    }
  }
}

void Engine::tell_announcer() {
  if (!announcer_) return;
  std::vector<hash::TreeRoot> roots;
  bool is_complete = true;
  for (const ItemFeed* feed : all_feeds()) {
    const auto root = feed->root();
    if (!root) continue;
    roots.push_back(*root);
    is_complete = is_complete && feed->is_complete();
  }
  if (!roots.empty()) announcer_->set_current(std::move(roots), is_complete);
}

void Engine::report_schedule() {
  const WallTime now = programme_now();
  if (schedule_->on_air(now)) return services_.problems.clear("schedule");
  const auto next = schedule_->next_programme_after(now);
  if (playlist_->items.empty()) {
    return services_.problems.report("schedule", "the playlist has no items, so nothing is on");
  }
  services_.problems.report("schedule", next
                                            ? "nothing is scheduled now; the next item begins at " +
                                                  format_w3cdtf(next->start)
                                            : "nothing is scheduled now, nor later");
}

}  // namespace alluvium::swarm
