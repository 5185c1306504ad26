#pragma once

#include "core/http/url.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>

namespace alluvium::gateway {

/// Those who wait for news of a file. Owned by FileLookup; outlives the places in it.
class WaitingRoom {
 public:
  /// One who waits. Destroying it ends that, also inside its own call.
  class Place {
   public:
    Place(WaitingRoom& room, std::uint64_t number) : room_(room), number_(number) {}
    ~Place() { room_.waiting_.erase(number_); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

   private:
    WaitingRoom& room_;
    std::uint64_t number_;
  };

  /// `on_news` is called each time something becomes known of `url`, until the place is given up.
  [[nodiscard]] std::unique_ptr<Place> enter(const http::Url& url, std::function<void()> on_news);
  void tell(const http::Url& url);
  void tell_all();

 private:
  struct Waiting {
    http::Url url;
    std::function<void()> on_news;
  };

  void tell_if(const std::function<bool(const http::Url&)>& concerns);

  std::map<std::uint64_t, Waiting> waiting_;
  std::uint64_t next_number_ = 0;
};

}  // namespace alluvium::gateway
