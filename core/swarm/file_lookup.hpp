#pragma once

#include "core/hash/tree.hpp"
#include "core/http/client.hpp"
#include "core/media/file_facts.hpp"
#include "core/playlist/playlist.hpp"
#include "core/swarm/services.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace alluvium::swarm {

/// A gateway as the listener uses it.
struct GatewayAccess {
  std::string base;  ///< `http://host:port/path`, without a slash at the end.
  net::AddressRules rules;
};

/// What is known of a playlist item's file. Without a row nobody names a tree: the bytes can only
/// be played, not verified.
struct FoundFile {
  std::shared_ptr<const hash::LeafRow> row;
  media::FileFacts facts;
  /// Somebody answered; if not, the network may be away.
  bool has_been_answered = true;
};

/// Finds the tree and the facts of one file. Sources: what the cache has, a peer that takes part,
/// the gateway, the sidecars `<path>.thex` and `<path>.thex.json` at the origin and the origin's
/// word for the length; the later ones are asked when the earlier ones fail or take long. The
/// playlist's own identifier outranks whatever anybody says. Facts are waited for a moment only,
/// since a file can be entered without them. Where a tree is named it keeps trying for ever; where
/// nobody names one it says so after 2 s at most. Calls back once, never from inside its
/// constructor; destroying it cancels.
class FileLookup {
 public:
  using OnFound = std::function<void(FoundFile)>;
  FileLookup(Services& services, const playlist::Item& item, std::optional<GatewayAccess> gateway,
             OnFound on_found);
  /// Not needed for a while: what cannot be found is asked for again with growing pauses.
  void set_unhurried(bool is_unhurried);

 private:
  /// One request for one thing; null when none is under way.
  using Query = std::unique_ptr<http::Fetch>;

  void recall();
  void take_word_of_playlist();
  void start_round();
  void on_timer();
  void advance();
  void ask_again();
  /// What the cache remembers, where nobody else names a tree.
  bool take_recalled();
  [[nodiscard]] Duration until_next_round() const;
  void ask(Query& query, http::ClientRequest request,
           void (FileLookup::*on_done)(http::WholeResponse));
  void ask_gateway_head();
  void ask_gateway_row();
  void ask_peer_row();
  void ask_sidecars();
  void on_gateway_head(http::WholeResponse response);
  void report_gateway(const std::string& why);
  void on_row(http::WholeResponse response);
  void on_sidecar_row(http::WholeResponse response);
  void on_sidecar_facts(http::WholeResponse response);
  void on_origin_head(http::WholeResponse response);
  void take_facts(media::FileFacts facts);
  void take_waiting_row();
  void try_waiting_row(std::uint64_t file_length);
  [[nodiscard]] std::optional<hash::TreeRoot> root() const;
  [[nodiscard]] std::optional<std::uint64_t> length() const;
  [[nodiscard]] bool anything_under_way() const;
  [[nodiscard]] std::string name() const;
  void finish();

  Services& services_;
  playlist::Item item_;
  std::optional<GatewayAccess> gateway_;
  OnFound on_found_;
  std::unique_ptr<Timer> timer_;
  Instant started_at_;
  std::optional<Instant> round_at_;  ///< When all were last asked; none before the first time.
  std::optional<Instant> row_at_;

  bool is_unhurried_ = false;
  unsigned rounds_ = 0;

  std::shared_ptr<const hash::LeafRow> row_;
  std::optional<media::FileFacts> facts_;
  std::optional<media::FileFacts> recalled_;  ///< From the cache, perhaps out of date.
  std::string raw_row_;                       ///< Fits no length that is known yet.

  Query gateway_head_;
  Query gateway_row_;
  Query peer_row_;
  Query sidecar_row_;
  Query sidecar_facts_;
  Query origin_head_;
  std::optional<std::uint64_t> origin_length_;
  std::string origin_type_;
  bool sidecars_asked_ = false;
  bool has_been_answered_ = false;  ///< In this round.
  bool gateway_is_hashing_ = false;
};

}  // namespace alluvium::swarm
