#pragma once

#include "core/base/random.hpp"
#include "core/base/workers.hpp"
#include "core/http/client.hpp"
#include "core/http/router.hpp"
#include "core/time/clock.hpp"
#include "gateway/alias_desk.hpp"
#include "gateway/announce_desk.hpp"
#include "gateway/budgets/fetch_budgets.hpp"
#include "gateway/byte_reports.hpp"
#include "gateway/coming_watch.hpp"
#include "gateway/companions/locked_fetches.hpp"
#include "gateway/companions/row_search.hpp"
#include "gateway/companions/succession.hpp"
#include "gateway/connect_back.hpp"
#include "gateway/counters.hpp"
#include "gateway/file_fetcher.hpp"
#include "gateway/file_lookup.hpp"
#include "gateway/file_registry.hpp"
#include "gateway/lease_desk.hpp"
#include "gateway/live_parts.hpp"
#include "gateway/locations.hpp"
#include "gateway/observer.hpp"
#include "gateway/origin_policy.hpp"
#include "gateway/page/listener_history.hpp"
#include "gateway/pages.hpp"
#include "gateway/stations.hpp"
#include "gateway/storage.hpp"
#include "gateway/store_health.hpp"
#include "gateway/swarms.hpp"
#include "gateway/waiting_room.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace alluvium::gateway {

/// A whole gateway without its adapters: put it behind any server, on any clock. It answers about
/// files, it never serves them. Owned by `main`, or by a simulation.
class Gateway {
 public:
  /// All of it outlives the gateway; `storage` also the workers' last job.
  struct Surroundings {
    http::Client& client;
    const Clock& clock;
    Timers& timers;
    Workers& workers;
    Storage& storage;
    Observer& observer;
    SharedStore* shared = nullptr;  ///< Null: this gateway is the only one of its name.
  };

  struct Settings {
    std::vector<http::Url> stations;
    OriginPolicy origins;
    net::AddressRules rules;         ///< For origins and peers alike.
    std::vector<std::string> names;  ///< Hosts it answers to, apart from its own addresses.
    FetchLimits fetching;
    std::uint64_t seed = 0;
    /// By which listeners know its tokens, unless several gateways share one; nobody may guess it.
    std::string secret;
    Companions::Settings companions;  ///< Unused without a shared store.
  };

  /// Loads what the storage holds and looks at the stations. `on_ready` is called once, when every
  /// station has been looked at for the first time, well or not; not before the constructor
  /// returned.
  Gateway(const Surroundings& surroundings, Settings settings, std::function<void()> on_ready);

  [[nodiscard]] http::Router& router() { return router_; }
  [[nodiscard]] GatewayState state() const;
  /// Where the figures of what is around it come from; without, they are zero.
  void show(std::function<Edges()> edges) { edges_ = std::move(edges); }
  /// Where the other gateways of its name reach it; to be said before the loop turns.
  void on_listening(const std::string& url);
  /// Hands over to the other gateways of its name, if there are any; `on_done` is called when they
  /// can know, soon in any case.
  void end(std::function<void()> on_done);
  /// What the storage could not give back, as sentences.
  [[nodiscard]] const std::vector<std::string>& storage_problems() const {
    return storage_problems_;
  }

 private:
  void load();
  void add_routes();
  void join_companions();
  [[nodiscard]] std::unique_ptr<LockedFetches> make_locked_fetches();
  void allow_host(const std::string& host);
  /// By which tokens are made, the same for all gateways of one name.
  [[nodiscard]] std::string token_secret() const;
  void on_station_change();
  void on_file_change(const http::Url& url);
  void on_tick();
  [[nodiscard]] ListenerHistory::Sample listeners_now() const;

  /// The same, answered by whoever of several gateways leads.
  [[nodiscard]] Companions::Serve as_one(Companions::Serve serve);
  std::unique_ptr<http::Exchange> serve_row(const http::Request&, http::Responder&);
  std::unique_ptr<http::Exchange> serve_head(const http::Request&, http::Responder&);
  std::unique_ptr<http::Exchange> serve_metalink(const http::Request&, http::Responder&);
  std::unique_ptr<http::Exchange> serve_announce(const http::Request&, http::Responder&);
  /// Answers it, or holds it for as long as its sender would wait, until it has somebody to meet.
  std::unique_ptr<http::Exchange> answer_announcement(const http::Request&, http::Responder&,
                                                      Announcement announcement);
  /// Listeners that got false bytes from an origin have its files hashed again.
  void note_doubts(const Announcement& announcement, const net::IpAddress& client);
  void serve_leave(const http::Request&, http::Responder&);

  /// Where the file can be had, for who asks from that address.
  [[nodiscard]] Locations locations_of(const hash::TreeRoot& root, const net::Endpoint& asker,
                                       std::size_t peers, bool complete_only);

  Surroundings surroundings_;
  Settings settings_;
  std::function<void()> on_ready_;
  std::vector<std::string> storage_problems_;
  Counters counters_;
  Random random_;
  FileRegistry registry_;
  FetchBudgets budgets_;
  WaitingRoom waiting_;
  HeldAnnouncements held_;
  Swarms swarms_;
  LeaseDesk leases_;
  ConnectBack connect_back_;
  AliasDesk aliases_;
  std::unique_ptr<LockedFetches> locked_fetches_;  ///< Null without a shared store.
  FileFetcher fetcher_;
  http::Router router_;
  std::unique_ptr<Timer> ready_;
  std::unique_ptr<Timer> tick_;
  Stations stations_;
  LiveParts live_parts_;
  FileLookup lookup_;
  ComingWatch coming_;
  AnnounceDesk desk_;
  RowSearch row_search_;
  StoreHealth store_health_;
  ByteReports byte_reports_;
  ListenerHistory history_;
  std::function<Edges()> edges_;
  std::unique_ptr<Succession> succession_;  ///< Null without a shared store.
};

}  // namespace alluvium::gateway
