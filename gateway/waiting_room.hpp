#pragma once

#include "core/http/url.hpp"
#include "core/net/ip_address.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>

namespace alluvium::gateway {

/// Those who wait for news of a file: so many in all, and of one client. Outlives the places in it.
/// Owned by Gateway.
class WaitingRoom {
 public:
  static constexpr std::size_t most_places = 2'048;
  static constexpr std::size_t most_places_of_client = 64;

  /// One who waits. Destroying it ends that, also inside its own call.
  class Place {
   public:
    Place(WaitingRoom& room, std::uint64_t number) : room_(room), number_(number) {}
    ~Place() { room_.leave(number_); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

   private:
    WaitingRoom& room_;
    std::uint64_t number_;
  };

  [[nodiscard]] bool has_place_for(const net::IpAddress& client) const;
  /// `on_news` is called each time something becomes known of `url`, until the place is given up.
  [[nodiscard]] std::unique_ptr<Place> enter(const http::Url& url, const net::IpAddress& client,
                                             std::function<void()> on_news);
  void tell(const http::Url& url);
  void tell_all();

 private:
  struct Waiting {
    http::Url url;
    net::IpAddress client;
    std::function<void()> on_news;
  };

  void leave(std::uint64_t number);
  void tell_if(const std::function<bool(const http::Url&)>& concerns);

  std::map<std::uint64_t, Waiting> waiting_;
  std::map<net::IpAddress, std::size_t> of_client_;  ///< None is zero.
  std::uint64_t next_number_ = 0;
};

}  // namespace alluvium::gateway
