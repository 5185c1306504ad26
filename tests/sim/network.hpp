#pragma once

#include "tests/sim/conversation.hpp"
#include "tests/sim/host.hpp"
#include "tests/sim/trace.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace alluvium::sim {

/// All hosts, and everything that is on its way between them. A call of one host's http::Client
/// reaches the real http::Handler that listens on another, at the pace of both their lines. Owned
/// by the scenario; must outlive all that runs on the hosts.
class Network final : private Actor {
 public:
  Network(Agenda& agenda, std::uint64_t seed) : agenda_(agenda), seeds_(seed) {}
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  /// Stays where it is in memory.
  Host& add(const HostTraits& traits);
  /// A name that leads to that host.
  void name(const std::string& name, Host& host) { names_[name] = &host; }

  [[nodiscard]] Agenda& agenda() { return agenda_; }
  [[nodiscard]] Trace& trace() { return trace_; }
  [[nodiscard]] const Trace& trace() const { return trace_; }
  [[nodiscard]] std::size_t conversations() const { return conversations_.size(); }
  /// A call to a host that has opened a connection for it: no router is in the way.
  [[nodiscard]] std::unique_ptr<http::Transfer> start_behind_nat(Host& from,
                                                                 http::ClientRequest request,
                                                                 http::TransferObserver& observer) {
    return start(from, std::move(request), observer, true);
  }
  /// Null where nothing is.
  [[nodiscard]] Host* find(const net::IpAddress& address) const;
  /// One way between two hosts.
  [[nodiscard]] static Duration latency(const Host& a, const Host& b) {
    return a.traits().half_way + b.traits().half_way;
  }

 private:
  friend class Host;
  friend class Conversation;

  [[nodiscard]] std::unique_ptr<http::Transfer> start(Host& from, http::ClientRequest request,
                                                      http::TransferObserver& observer,
                                                      bool is_reversed = false);
  [[nodiscard]] Host* find(const http::Url& url) const;
  /// The end of a conversation, which may be in the middle of a call: it is destroyed later.
  void retire(Conversation& conversation);
  void reset_all_of(Host& host);
  /// As a server at that host says it now.
  [[nodiscard]] const std::string& date_at(const Host& host);
  void on_event(std::uint32_t) override { retired_.clear(); }

  Agenda& agenda_;
  Trace trace_;
  Random seeds_;
  std::deque<Host> hosts_;
  std::unordered_map<std::uint32_t, Host*> by_address_;  ///< Never iterated over.
  std::map<std::string, Host*, std::less<>> names_;
  std::vector<std::unique_ptr<Conversation>> conversations_;
  std::vector<std::unique_ptr<Conversation>> retired_;
  std::chrono::seconds date_second_{-1};
  std::string date_;
};

}  // namespace alluvium::sim
