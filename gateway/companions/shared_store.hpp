#pragma once

#include "core/net/ip_address.hpp"
#include "core/time/clock.hpp"
#include "gateway/latency.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace alluvium::gateway {

/// What several gateways behind one name share beside the files: who of them leads, and what is
/// known of listeners. Nothing here blocks. Each call is answered once, later, never from inside
/// the call; by nothing if the store did not answer within `patience`. Outlives those who ask.
class SharedStore {
 public:
  static constexpr Duration patience = std::chrono::milliseconds(500);
  /// What is kept of a listener is forgotten when it was not written for so long.
  static constexpr Duration record_lifetime = std::chrono::seconds(60);

  virtual ~SharedStore() = default;

  /// A gateway that could lead.
  struct Candidate {
    std::string id;
    std::string url;     ///< Where the others reach it.
    std::string secret;  ///< What all are to know, if nobody has said one before.
    Duration term{};     ///< For so long it would lead.
    bool claims = true;  ///< False: it only wants to know.
  };
  /// Who leads.
  struct Seat {
    std::string id;  ///< Empty: nobody.
    std::string url;
    std::string secret;  ///< The one that all know.
    Duration remains{};  ///< For so long, unless it is renewed.
  };
  /// Makes the candidate lead if nobody does, for a whole term again if it does already; says who
  /// leads. All of it at once, whoever else asks.
  virtual void elect(const Candidate& candidate,
                     std::function<void(std::optional<Seat>)> on_reply) = 0;
  /// That gateway leads no more, if it did.
  virtual void resign(const std::string& id, std::function<void()> on_reply) = 0;

  /// A listener, and what is known of it; an empty record is to be forgotten.
  using Record = std::pair<net::Endpoint, std::string>;
  struct Notes {
    std::vector<Record> records;
    std::string tickets;  ///< How far the leases' tickets have been given out.
  };
  /// Keeps them in place of what was kept of those listeners.
  virtual void write(const Notes& notes, std::function<void(bool)> on_reply) = 0;
  /// All that is kept.
  virtual void read(std::function<void(std::optional<Notes>)> on_reply) = 0;

  /// Takes the lock of that name for so long; true: it was free, or held under the same id.
  virtual void lock(const std::string& name, const std::string& id, Duration term,
                    std::function<void(std::optional<bool>)> on_reply) = 0;
  virtual void unlock(const std::string& name, const std::string& id) = 0;

  /// How it went so far. Each number only grows.
  struct Statistics {
    std::uint64_t calls = 0;
    std::uint64_t failures = 0;
    Latency latency;  ///< Of all that were answered.
  };
  [[nodiscard]] virtual Statistics statistics() const = 0;
};

}  // namespace alluvium::gateway
