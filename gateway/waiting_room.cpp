#include "gateway/waiting_room.hpp"

#include "core/net/client_of.hpp"

#include <vector>

namespace alluvium::gateway {

bool WaitingRoom::has_place_for(const net::IpAddress& client) const {
  if (waiting_.size() >= most_places) return false;
  const auto used = of_client_.find(net::client_of(client));
  return used == of_client_.end() || used->second < most_places_of_client;
}

std::unique_ptr<WaitingRoom::Place> WaitingRoom::enter(const http::Url& url,
                                                       const net::IpAddress& client,
                                                       std::function<void()> on_news) {
  const std::uint64_t number = next_number_++;
  waiting_[number] = {url, net::client_of(client), std::move(on_news)};
  ++of_client_[net::client_of(client)];
  return std::make_unique<Place>(*this, number);
}

void WaitingRoom::leave(std::uint64_t number) {
  const auto waiting = waiting_.find(number);
  const auto used = of_client_.find(waiting->second.client);
  if (--used->second == 0) of_client_.erase(used);
  waiting_.erase(waiting);
}

void WaitingRoom::tell(const http::Url& url) {
  tell_if([&](const http::Url& wanted) { return wanted == url; });
}

void WaitingRoom::tell_all() {
  tell_if([](const http::Url&) { return true; });
}

void WaitingRoom::tell_if(const std::function<bool(const http::Url&)>& concerns) {
  std::vector<std::uint64_t> numbers;
  for (const auto& [number, waiting] : waiting_) {
    if (concerns(waiting.url)) numbers.push_back(number);
  }
  for (const std::uint64_t number : numbers) {
    // A call may end any place, its own included: look again, and call a copy.
    const auto waiting = waiting_.find(number);
    if (waiting == waiting_.end()) continue;
    const auto on_news = waiting->second.on_news;
    on_news();
  }
}

}  // namespace alluvium::gateway
