#pragma once

#include "core/hash/tree.hpp"
#include "core/http/client.hpp"
#include "core/swarm/announce_message.hpp"
#include "core/swarm/file_lookup.hpp"
#include "core/swarm/peer_ports.hpp"
#include "core/swarm/reversals.hpp"
#include "core/swarm/second_address.hpp"
#include "core/swarm/services.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace alluvium::swarm {

/// What an announcement asks and reports.
struct Questions {
  std::vector<Wanted> wants;
  std::vector<FailedSource> failures;
};

/// Who asks the gateway where to get what, and hears the answers. Owned by whoever owns the
/// announcer.
class Questioner {
 public:
  virtual ~Questioner() = default;
  /// What is to be in the announcement that is being made.
  virtual Questions questions() = 0;
  virtual void on_told(const std::vector<ToldSource>& told) = 0;
};

/// Tells the gateway what this listener has and hears from it who else has what: at the start, when
/// the item changes, as often as the gateway wishes while an item is incomplete, else now and then
/// so that the announcement does not expire. A gateway that fails is tried again with growing
/// pauses, and that is a Problem; nothing else depends on it. It keeps to the address family in
/// which the gateway answered, since by its address there we are known. Destroying it ends the
/// talk; `withdraw` takes leave.
class Announcer {
 public:
  /// Who takes part in the talk, beside the announcer; each may be null.
  struct Partners {
    Questioner* questioner = nullptr;
    Reversals* reversals = nullptr;
    SecondAddress* second = nullptr;
  };
  /// `ports`: the peer port. `on_answer` is called after each answer, and after each failure.
  Announcer(Services& services, GatewayAccess gateway, PeerPorts ports,
            std::function<void()> on_answer, const Partners& partners);

  /// The swarms of the item on air and of the next one, and whether all of it is held; announces
  /// at once if that is news.
  void set_current(std::vector<hash::TreeRoot> roots, bool is_complete);
  /// True once the gateway has answered, or failed, an announcement made after this file became
  /// current.
  [[nodiscard]] bool has_answered_for(const hash::TreeRoot& root) const;
  /// The gateway answers, and says where to get what.
  [[nodiscard]] bool is_guide() const;
  [[nodiscard]] bool has_failed() const { return failures_ > 0; }
  /// Our address and port as others see them; none if nothing is shared or the gateway has not
  /// said.
  [[nodiscard]] std::optional<net::Endpoint> self() const;
  /// Where we serve others, unless it is known that they cannot reach us.
  [[nodiscard]] std::optional<std::uint16_t> serving_port() const {
    return port() == 0 || reachable_ == false ? std::nullopt : std::optional(port());
  }
  /// Whether others can reach us, as far as the gateway knows.
  [[nodiscard]] std::optional<bool> reachable() const { return reachable_; }
  /// What can be sent to others, in bits a second, for the gateway to judge by; 0: not known.
  void set_upload_rate(std::uint64_t bits_per_second) { up_bps_ = bits_per_second; }
  /// Others find us elsewhere from now on, or nothing is shared any more. The gateway hears it at
  /// once: what it was told of the port before is withdrawn, then all is announced anew.
  void set_ports(PeerPorts ports);
  /// As soon as may be, unless the gateway fails.
  void announce_now();
  /// There is something that the gateway should not hear of only when it wished to: in a moment,
  /// unless one is under way. To be said again as long as it is so.
  void announce_soon();
  /// Says goodbye; `on_done` is called when the gateway has heard it, or will not.
  void withdraw(std::function<void()> on_done);

 private:
  void announce();
  /// The port as the gateway is told it.
  [[nodiscard]] std::uint16_t port() const {
    return ports_.said_over(family_.value_or(net::Family::v6));
  }
  /// Over which family it is called; nothing: whichever.
  [[nodiscard]] std::optional<net::Family> bound_family() const;
  void move_from(std::uint16_t before);
  void send_leave(std::uint16_t port, std::function<void()> on_done);
  void on_response(http::Fetch::Result result);
  void take(const AnnounceAnswer& answer);
  void fail(const std::string& why);
  void arm(Duration delay);
  /// Whether there is something to learn of how we can be reached.
  [[nodiscard]] bool is_in_doubt() const;
  /// We want nothing and cannot be dialled: the gateway is to call us when somebody could use us.
  [[nodiscard]] bool waits_to_be_called() const;
  /// What is held has been overtaken.
  void give_up_held();

  Services& services_;
  GatewayAccess gateway_;
  PeerPorts ports_;
  std::function<void()> on_answer_;
  Questioner* questioner_;
  Reversals* reversals_;
  SecondAddress* second_;
  bool is_gateway_a_literal_;          ///< It has one address.
  std::optional<net::Family> family_;  ///< In which it answered last, or should.
  std::uint16_t told_port_ = 0;        ///< In the last announcement.
  bool is_guide_ = false;
  Instant asked_at_{};
  bool has_asked_ = false;  ///< The last announcement wanted something.
  bool is_held_ = false;    ///< The gateway was asked to answer it only when there are news.
  Instant holds_from_{};    ///< It does not hold announcements until then.
  std::unique_ptr<Timer> timer_;
  std::unique_ptr<http::Fetch> fetch_;

  std::vector<hash::TreeRoot> current_;
  bool current_is_complete_ = false;
  bool has_news_ = false;
  bool has_more_ = false;  ///< Not all could be told in one announcement.
  std::vector<hash::TreeRoot> asked_about_;
  std::set<hash::TreeRoot> answered_;
  std::map<hash::TreeRoot, std::string> told_;  ///< What the gateway was last told of each file.
  std::optional<bool> reachable_;
  /// Since when it is known, or is not, of which the former was so when it was announced last.
  std::optional<Instant> in_doubt_since_;
  bool was_reach_known_ = false;
  std::uint64_t up_bps_ = 0;
  Duration interval_ = std::chrono::milliseconds(250);
  Duration lifetime_ = std::chrono::seconds(60);
  Instant told_all_at_{};
  unsigned failures_ = 0;
};

}  // namespace alluvium::swarm
