#include "gateway/waiting_room.hpp"

#include <vector>

namespace alluvium::gateway {

std::unique_ptr<WaitingRoom::Place> WaitingRoom::enter(const http::Url& url,
                                                       std::function<void()> on_news) {
  const std::uint64_t number = next_number_++;
  waiting_[number] = {url, std::move(on_news)};
  return std::make_unique<Place>(*this, number);
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
