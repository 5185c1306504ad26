#pragma once

#include "core/base/random.hpp"
#include "core/hash/tree.hpp"
#include "core/http/handler.hpp"
#include "core/net/ip_address.hpp"
#include "core/time/clock.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <vector>

namespace alluvium::gateway {

/// Listeners that want nothing and cannot be dialled, whose announcements are answered only once
/// there is somebody for them to meet, or when they do not want to wait any longer (RFC 7240,
/// `Prefer: wait`). Each names itself by the port at which it would serve others. Who is called is
/// answered by the next `answer_called`, never from inside another's announcement. Bounded.
/// Outlives the places in it. Owned by Gateway.
class HeldAnnouncements {
 public:
  static constexpr std::size_t most = 2'048;
  static constexpr std::size_t most_of_client = 64;
  static constexpr std::size_t most_files = 64;  ///< For which one can be called; the first ones.
  static constexpr std::chrono::seconds longest{30};

  explicit HeldAnnouncements(std::uint64_t seed) : random_(seed) {}

  /// One who waits. Destroying it ends that, also inside its own call.
  class Place {
   public:
    Place(HeldAnnouncements& all, std::uint64_t number) : all_(all), number_(number) {}
    ~Place() { all_.leave(number_); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

   private:
    HeldAnnouncements& all_;
    std::uint64_t number_;
  };

  [[nodiscard]] bool has_place_for(const net::IpAddress& client) const;
  /// `on_call` is called at most once. Who waits already waits here from now on.
  [[nodiscard]] std::unique_ptr<Place> enter(const net::Endpoint& who,
                                             std::vector<hash::TreeRoot> files,
                                             std::function<void()> on_call);
  [[nodiscard]] bool is_here(const net::Endpoint& who) const { return of_peer_.contains(who); }
  /// Whether anybody waits who has that file.
  [[nodiscard]] bool has_any_for(const hash::TreeRoot& file) const {
    return of_file_.contains(file);
  }
  [[nodiscard]] std::size_t size() const { return waiting_.size(); }
  void call(const net::Endpoint& who);
  /// Up to `count` of those who have that file, now these, now those.
  void call_some(const hash::TreeRoot& file, std::size_t count);
  void answer_called();

 private:
  struct Waiting {
    net::Endpoint who;
    std::vector<hash::TreeRoot> files;
    std::function<void()> on_call;
  };

  void leave(std::uint64_t number);

  Random random_;
  std::map<std::uint64_t, Waiting> waiting_;
  std::map<net::Endpoint, std::uint64_t> of_peer_;
  std::map<net::IpAddress, std::size_t> of_client_;  ///< None is zero.
  std::map<hash::TreeRoot, std::set<std::uint64_t>> of_file_;
  std::set<std::uint64_t> called_;
  std::uint64_t next_number_ = 0;
};

/// An announcement that is held: `answer` is called once, to send what there is to say then. Owned
/// by the server.
class HeldExchange final : public http::Exchange {
 public:
  HeldExchange(HeldAnnouncements& held, Timers& timers, const net::Endpoint& who,
               std::vector<hash::TreeRoot> files, std::chrono::seconds wait,
               std::function<void()> answer);

 private:
  void end();

  std::function<void()> answer_;
  std::unique_ptr<Timer> timer_;
  std::unique_ptr<HeldAnnouncements::Place> place_;
};

}  // namespace alluvium::gateway
