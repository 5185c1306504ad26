#pragma once

#include "core/http/client.hpp"
#include "core/http/handler.hpp"
#include "core/time/clock.hpp"
#include "gateway/companions/leadership.hpp"
#include "gateway/companions/pass.hpp"
#include "gateway/companions/shared_store.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace alluvium::gateway {

class Errand;

/// Several gateways that answer as one: whoever leads knows the swarms and gives the leases, the
/// others hand on to it what needs that knowledge. A request is handed on once, never further.
/// While nobody leads, for a moment after the leader has died, requests wait; if the store is lost
/// as well, or they have waited for long, they are answered from what is known here. Owned by
/// Succession.
class Companions {
 public:
  /// So long a request waits for somebody to lead: for less than a listener waits for its gateway.
  static constexpr Duration longest_wait = std::chrono::milliseconds(1'800);
  static constexpr Duration longest_take_over = std::chrono::seconds(1);

  /// All of it outlives this object.
  struct Surroundings {
    SharedStore& store;
    http::Client& client;
    const Clock& clock;
    Timers& timers;
  };
  struct Settings {
    std::string id;      ///< No other gateway's.
    std::string url;     ///< Where the others reach this one: `http://HOST:PORT`. May come later.
    std::string secret;  ///< For all to share, if there is none yet: 64 hexadecimal digits.
  };
  struct Events {
    /// It leads from now on. It answers nobody before `on_done` was called, or its time is over.
    std::function<void(std::function<void()> on_done)> on_lead;
    std::function<void()> on_follow;             ///< Somebody else leads.
    std::function<void(bool is_lost)> on_store;  ///< The store was lost, or is back.
  };
  using Serve =
      std::function<std::unique_ptr<http::Exchange>(const http::Request&, http::Responder&)>;

  /// Asks the store for the first time as soon as the loop turns. No event before that.
  Companions(const Surroundings& surroundings, Settings settings, Events events);
  ~Companions();
  Companions(const Companions&) = delete;
  Companions& operator=(const Companions&) = delete;

  /// Where the others reach this one from now on.
  void set_url(std::string url) { settings_.url = std::move(url); }
  /// Answers by `serve`, with the request as it was where it came in first, or by whoever leads.
  [[nodiscard]] std::unique_ptr<http::Exchange> answer(const http::Request& request,
                                                       http::Responder& responder,
                                                       const Serve& serve);
  /// Gives up the lead, if it has it; `on_done` is called when the others can know.
  void resign(std::function<void()> on_done);

  [[nodiscard]] bool leads() const { return leadership_.leads(); }
  /// Whether requests that come in now are answered here, and by nobody else.
  [[nodiscard]] bool answers_here() const { return course(false, {}) == Course::here; }
  [[nodiscard]] bool is_store_lost() const { return leadership_.is_lost(); }
  /// Who leads; its `id` is empty if nobody does.
  [[nodiscard]] const SharedStore::Seat& seat() const { return leadership_.seat(); }
  [[nodiscard]] const SharedStore& store() const { return surroundings_.store; }

  struct Counters {
    std::uint64_t handed_on = 0;   ///< Answered by who leads.
    std::uint64_t taken_over = 0;  ///< Answered for another gateway.
    std::uint64_t waited = 0;      ///< Had to wait for somebody to lead.
    std::uint64_t alone = 0;       ///< Answered here though somebody else should have.
    std::uint64_t refused = 0;     ///< Said falsely that another gateway handed them on.
    std::uint64_t elections = 0;   ///< How often it came to lead.
  };
  [[nodiscard]] const Counters& counters() const { return counters_; }

 private:
  friend class Errand;
  /// What becomes of a request.
  enum class Course { here, there, wait, nowhere };

  void ask();
  void on_reply(const std::optional<SharedStore::Seat>& reply);
  void begin_to_lead();
  void on_taken_over();
  void wake_all();
  /// `handed`: another gateway handed it on. `in_vain`: who was asked for it and did not answer.
  [[nodiscard]] Course course(bool handed, const std::string& in_vain) const;

  Surroundings surroundings_;
  Settings settings_;
  Events events_;
  Leadership leadership_;
  Counters counters_;
  bool has_taken_over_ = false;
  bool has_resigned_ = false;
  std::map<std::uint64_t, Errand*> errands_;  ///< By the order in which they came.
  std::uint64_t errands_begun_ = 0;
  std::unique_ptr<Timer> ask_timer_;
  std::unique_ptr<Timer> take_over_timer_;
  /// Replies find nobody once it is gone.
  std::shared_ptr<Companions*> self_ = std::make_shared<Companions*>(this);
};

}  // namespace alluvium::gateway
