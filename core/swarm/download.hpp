#pragma once

#include "core/hash/tree.hpp"
#include "core/http/url.hpp"
#include "core/swarm/byte_source.hpp"
#include "core/swarm/greetings.hpp"
#include "core/swarm/guidance.hpp"
#include "core/swarm/origin_places.hpp"
#include "core/swarm/peer_hint.hpp"
#include "core/swarm/picker.hpp"
#include "core/swarm/run_fetch.hpp"
#include "core/swarm/services.hpp"
#include "core/swarm/swarm_view.hpp"

#include <climits>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace alluvium::swarm {

/// What a download knows before it begins.
struct DownloadPlan {
  std::shared_ptr<const hash::LeafRow> row;
  std::vector<http::Url> origins;  ///< The file's own place, then its mirrors.
  /// Length and root are both named by the playlist, so that a false chunk can only be its sender's
  /// fault.
  bool is_row_proven = false;
  std::string named_by = "the playlist";  ///< Whose word the tree is, for sentences.
};

/// Our place in the swarm of a file.
struct Membership {
  std::optional<net::Endpoint>
      self;                  ///< Where others find us; none while nobody can be served by us.
  bool has_gateway = false;  ///< Somebody introduces the members to each other.
  std::optional<std::uint16_t> port;  ///< Where we serve others, at whatever address.
};

/// Brings one file whose tree is known into the store, from peers and its origin, as the picker
/// decides, and reads it from there. Every chunk is verified before it goes anywhere. A peer is
/// banned for its first false chunk, the origin never: its file changed. Until one chunk has
/// verified a false one casts doubt on the row instead, and nobody is banned. Owned by an ItemFeed;
/// destroying it ends its requests.
class Download final : public ByteSource, public ComingChunks, private RunObserver {
 public:
  Download(Services& services, DownloadPlan plan, SourceObserver& observer);
  ~Download() override;

  std::optional<std::uint64_t> length() const override { return plan_.row->layout().length(); }
  std::optional<Slice> read(hash::ChunkIndex index) override;
  std::uint32_t run_from(hash::ChunkIndex index) const override { return map().run_from(index); }
  std::uint32_t held() const override { return map().count(); }
  bool is_verified() const override { return true; }
  void set_window(const Window& window) override { window_ = window; }
  void update() override;

  /// Nothing but the chunk due next is fetched until this is called, again whenever our place
  /// changes.
  void open_fully(const Membership& membership);
  /// Whether the gateway says what is fetched where. While that is awaited nothing is fetched.
  void set_guide(Guide guide) { guidance_.set_guide(guide); }
  /// Others in its swarm, as a gateway names them with the file (`X-URI-RES`); the first few count.
  void introduce(const std::vector<std::string>& hints);
  /// What the gateway is to be asked and told about this file.
  [[nodiscard]] std::vector<Wanted> wants();
  [[nodiscard]] std::vector<FailedSource> take_failures();
  /// What a player waits for was sought in vain, or comes from nowhere.
  [[nodiscard]] bool has_pressing_question() const;
  void take(const ToldSource& told);
  [[nodiscard]] std::optional<OnItsWay> coming(hash::ChunkIndex index) const override;

  /// At most so many requests at a time for what is not urgent; those under way go on.
  void limit_bulk(unsigned requests) { most_bulk_ = requests; }
  /// Under way now.
  [[nodiscard]] unsigned requests() const { return static_cast<unsigned>(flights_.size()); }
  [[nodiscard]] const hash::TreeRoot& root() const { return plan_.row->root(); }
  [[nodiscard]] bool is_complete() const { return map().complete(); }

 private:
  struct Flight {
    std::unique_ptr<RunFetch> fetch;
    bool is_urgent = false;
    /// Nothing at all came from the origin for long: until something does come of this request,
    /// what a player waits for is asked for again.
    std::optional<Instant> lost_at;
    bool is_reported = false;  ///< The gateway has been told that it is late.

    [[nodiscard]] bool is_lost() const { return lost_at && fetch->last_byte_at() <= *lost_at; }
  };

  void on_run_head(RunFetch& fetch) override;
  void on_run_chunk(RunFetch& fetch, hash::ChunkIndex index, Slice chunk) override;
  void on_run_ended(RunFetch& fetch, RunEnd end, const std::string& why) override;

  [[nodiscard]] const store::ChunkMap& map() const { return services_.store.held(root()); }
  [[nodiscard]] PickState pick_state(const std::vector<Coverage>& coverage);
  [[nodiscard]] std::vector<Coverage> coverage() const;
  [[nodiscard]] http::Urgency urgency_of(hash::ChunkIndex index) const;
  [[nodiscard]] bool is_urgent(hash::ChunkIndex index) const;
  /// How long it may take until it begins: who stands in a line knows that.
  [[nodiscard]] Duration line_at(const RunFetch& fetch) const;
  [[nodiscard]] bool is_late(const RunFetch& fetch, hash::ChunkIndex index) const;
  void start(const Ask& ask);
  /// Ends the flights for which `is_unwanted` says so; their sources are not blamed.
  void drop_flights(const std::function<bool(const RunFetch&)>& is_unwanted);
  void drop_useless_flights();
  void keep_one_sequential_flight();
  void report(const RunFetch& ended, RunEnd end);
  /// Why we would not ask that peer now; nothing if we would.
  [[nodiscard]] std::optional<Failing> reason_against(const net::Endpoint& peer) const;
  void on_peer_ended(const net::Endpoint& peer, RunFetch& fetch, RunEnd end,
                     const std::string& why);
  void on_origin_ended(const http::Url& url, RunEnd end, const std::string& why);
  /// It says who it is, what it has and whom else it knows.
  void on_greeted(const net::Endpoint& peer, const http::ClientResponse& head);
  void take_hints(const net::Endpoint& informant, const http::Headers& headers);
  /// Whom a hint names, if it may be asked and is not known.
  [[nodiscard]] std::optional<net::Endpoint> stranger_in(std::string_view hint) const;
  void leave_origin(const http::Url& url, Duration at_least, bool is_unreachable = false);
  void notice_lost_flights();
  void report_late_flights();
  void tell_of_failure(hash::ChunkRun run, const std::optional<net::Endpoint>& peer, Failing why);
  /// While no gateway tells of the others we ask themselves.
  void keep_company(Guide guide, Instant now);
  /// Nobody tells of the others, and it is not long enough ago that we began to ask them.
  [[nodiscard]] bool is_meeting_others(Instant now);
  [[nodiscard]] bool is_next_under_way(const std::vector<Coverage>& covered) const;

  Services& services_;
  DownloadPlan plan_;
  SourceObserver& observer_;
  SwarmView swarm_;
  Picker picker_;
  Window window_;
  HintLimit hints_;
  Greetings greetings_;
  std::optional<Instant> alone_since_;  ///< Since then no gateway tells of the others.
  std::optional<Instant> open_since_;
  bool is_doubtful_ = false;
  Membership membership_;
  unsigned most_bulk_ = UINT_MAX;
  std::vector<Flight> flights_;
  std::map<hash::ChunkIndex, std::unique_ptr<Job>> loading_;
  store::ChunkMap from_disk_;  ///< Held already when the download began, and not yet read.
  OriginPlaces origin_;
  Guidance guidance_;
  bool has_pressing_failure_ = false;  ///< That the gateway has not been told of.
  /// When what is known of peers is too old, while no gateway tells of them.
  std::optional<Instant> doubt_at_;
  bool origin_ignores_ranges_ = false;
};

}  // namespace alluvium::swarm
