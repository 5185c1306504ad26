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

constexpr Duration clock_step = seconds(2);
/// Without an answer of the gateway for so long a feed is opened fully all the same.
constexpr Duration answer_patience = seconds(1);

std::string without_slash(const http::Url& url) {
  std::string text = url.text();
  while (text.ends_with('/')) text.pop_back();
  return text;
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
      acquaintances_(services, options_.playlist.text()),
      tick_(services.timers.make_timer([this] {
        tick_->arm(longest_pause);
        turn();
      })),
      soon_(services.timers.make_timer([this] { turn(); })),
      reversals_(services,
                 [this] {
                   if (announcer_) announcer_->announce_now();
                 }),
      feeds_(services, options_.ahead, [this] { soon(); }) {}

void Engine::start() {
  acquaintances_.recall();
  keeper_.start();
  tick_->arm(longest_pause);
}

void Engine::leave(std::function<void()> on_done) {
  tick_->disarm();
  soon_->disarm();
  keeper_.stop();
  feeds_.clear();
  acquaintances_.keep();
  reversals_.close_offers();
  if (!announcer_) return on_done();
  announcer_->withdraw(std::move(on_done));
}

WallTime Engine::programme_now() const {
  return is_held() ? held_slot_->heard_from() : services_.clock.wall_now() - shift_;
}

const playlist::Playlist* Engine::playlist() const {
  return playlist_ ? &*playlist_ : nullptr;
}

std::unique_ptr<OnAirItem> Engine::another_reader(const playlist::Slot& slot) {
  ItemFeed* const read = feeds_.find(slot);
  return read == nullptr ? nullptr : std::make_unique<ItemReader>(*read);
}

const ItemFeed* Engine::current() const {
  if (!schedule_) return nullptr;
  const auto slot = schedule_->on_air(programme_now());
  return slot ? feeds_.find(*slot) : nullptr;
}

ReachByFamily Engine::reach() const {
  ReachByFamily reach;
  if (!announcer_) return reach;
  // The gateway has tried the address from which it was called.
  const auto& own = services_.peers.own_address();
  const bool is_v6 = own && !own->is_v4();
  (is_v6 ? reach.v6 : reach.v4) = announcer_->reachable();
  (is_v6 ? reach.v4 : reach.v6) = second_address_->reachable();
  reach.is_in_doubt = second_address_->is_in_doubt();
  return reach;
}

std::optional<bool> Engine::reachable() const {
  const ReachByFamily by = reach();
  if (!by.v4 && !by.v6) return std::nullopt;
  return by.v4.value_or(false) || by.v6.value_or(false);
}

void Engine::set_upload_rate(std::uint64_t bits_per_second) {
  up_bps_ = bits_per_second;
  if (announcer_) announcer_->set_upload_rate(bits_per_second);
}

void Engine::set_peer_ports(PeerPorts ports) {
  if (std::exchange(options_.peer_ports, ports) != ports) reversals_.close_offers();
  if (announcer_) announcer_->set_ports(ports);
}

void Engine::soon() {
  soon_->arm(Duration::zero());
}

void Engine::notice_clock_steps() {
  const Duration difference =
      services_.clock.wall_now().time_since_epoch() - services_.clock.now().time_since_epoch();
  const bool is_set =
      wall_minus_monotonic_ && std::chrono::abs(difference - *wall_minus_monotonic_) > clock_step;
  wall_minus_monotonic_ = difference;
  if (!is_set) return;
  // Set by hand, or after sleep: what the servers say of the time is news, and what they said of
  // the station may be old.
  keeper_.look_now();
  if (announcer_) announcer_->announce_now();
}

void Engine::turn() {
  notice_clock_steps();
  if (schedule_) {
    hold_at_start();
    feeds_.follow(*playlist_, *schedule_, gateway_, programme_now());
    report_schedule();
  }
  observer_.on_turn();
  open_feeds();
  feeds_.update(programme_now());
  tell_announcer();
  acquaintances_.on_turn();
}

void Engine::hold_at_start() {
  if (options_.join_at_start && !is_heard_)
    held_slot_ = schedule_->on_air(services_.clock.wall_now());
}

void Engine::on_heard() {
  is_heard_ = true;
  if (!is_held()) return;
  shift_ = services_.clock.wall_now() - held_slot_->heard_from();
  held_slot_.reset();
}

void Engine::take(KeptPlaylist kept) {
  if (kept.is_from_special_address) services_.rules = net::AddressRules::chosen_by_user();
  const playlist::Playlist before = playlist_.value_or(playlist::Playlist{});
  playlist_ = std::move(kept.content.playlist);
  schedule_ = std::make_unique<playlist::Schedule>(*playlist_);
  use_gateway_of(*playlist_);
  // Its place in the new list may be another, or none.
  hold_at_start();

  feeds_.on_playlist(*playlist_, *schedule_, programme_now());

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
  second_address_.reset();
  services_.problems.clear("gateway");
  if (gateway_) {
    second_address_ = std::make_unique<SecondAddress>(services_, *gateway_, options_.peer_ports);
    announcer_ = std::make_unique<Announcer>(
        services_, *gateway_, options_.peer_ports, [this] { soon(); },
        Announcer::Partners{static_cast<Questioner*>(this), &reversals_, second_address_.get()});
    announcer_->set_upload_rate(up_bps_);
  }
}

Questions Engine::questions() {
  Questions all;
  for (ItemFeed* feed : feeds_.all()) {
    Download* const download = feed->download();
    if (download == nullptr) continue;
    for (Wanted& wanted : download->wants()) all.wants.push_back(std::move(wanted));
    for (FailedSource& failed : download->take_failures()) {
      all.failures.push_back(std::move(failed));
    }
  }
  return all;
}

void Engine::on_told(const std::vector<ToldSource>& told) {
  for (ItemFeed* feed : feeds_.all()) {
    Download* const download = feed->download();
    if (download == nullptr) continue;
    for (const ToldSource& source : told) {
      if (source.root == download->root()) download->take(source);
    }
  }
}

Guide Engine::guide_of(const ItemFeed& feed) const {
  if (!announcer_ || announcer_->has_failed()) return Guide::nobody;
  const auto root = feed.root();
  if (root && announcer_->has_answered_for(*root)) {
    return announcer_->is_guide() ? Guide::gateway : Guide::nobody;
  }
  const bool has_waited =
      feed.known_since() && services_.clock.now() - *feed.known_since() >= answer_patience;
  return has_waited ? Guide::nobody : Guide::awaited;
}

void Engine::open_feeds() {
  const Instant now = services_.clock.now();
  for (ItemFeed* feed : feeds_.all()) {
    feed->set_guide(guide_of(*feed));
    const auto root = feed->root();
    if (!root) continue;
    const bool has_waited = feed->known_since() && now - *feed->known_since() >= answer_patience;
    if (!announcer_ || announcer_->has_answered_for(*root) || has_waited) {
      feed->open_fully({announcer_ ? announcer_->self() : std::nullopt, announcer_ != nullptr,
                        announcer_ ? announcer_->serving_port() : std::nullopt});
    }
  }
}

void Engine::tell_announcer() {
  if (!announcer_) return;
  std::vector<hash::TreeRoot> roots;
  bool is_complete = true;
  const std::vector<ItemFeed*> feeds = feeds_.all();
  for (const ItemFeed* feed : feeds) {
    const auto root = feed->root();
    // What is complete long before its time is told of once, like all else that is held.
    if (!root || (feed->is_far() && feed->is_complete())) continue;
    const bool is_wanted_now = !feed->is_far() || feed->requests() > 0;
    if (std::find(roots.begin(), roots.end(), *root) == roots.end()) roots.push_back(*root);
    is_complete = is_complete && (feed->is_complete() || !is_wanted_now);
  }
  if (!roots.empty()) announcer_->set_current(std::move(roots), is_complete);
  const bool is_pressed = std::any_of(feeds.begin(), feeds.end(), [](ItemFeed* feed) {
    return feed->download() != nullptr && feed->download()->has_pressing_question();
  });
  if (is_pressed) announcer_->announce_soon();
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
                                                  format_w3cdtf(next->heard_from())
                                            : "nothing is scheduled now, nor later");
}

}  // namespace alluvium::swarm
