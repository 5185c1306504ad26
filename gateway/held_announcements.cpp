#include "gateway/held_announcements.hpp"

#include "core/net/client_of.hpp"

#include <algorithm>
#include <utility>

namespace alluvium::gateway {

bool HeldAnnouncements::has_place_for(const net::IpAddress& client) const {
  const auto of_client = of_client_.find(net::client_of(client));
  return waiting_.size() < most &&
         (of_client == of_client_.end() || of_client->second < most_of_client);
}

std::unique_ptr<HeldAnnouncements::Place> HeldAnnouncements::enter(
    const net::Endpoint& who, std::vector<hash::TreeRoot> files, std::function<void()> on_call) {
  // Its connection has broken without our hearing of it, or somebody else says that he is it.
  if (const auto before = of_peer_.find(who); before != of_peer_.end()) leave(before->second);
  const std::uint64_t number = next_number_++;
  files.resize(std::min(files.size(), most_files));
  for (const auto& file : files) of_file_[file].insert(number);
  of_peer_[who] = number;
  ++of_client_[net::client_of(who.address)];
  waiting_[number] = {who, std::move(files), std::move(on_call)};
  return std::make_unique<Place>(*this, number);
}

void HeldAnnouncements::leave(std::uint64_t number) {
  const auto waiting = waiting_.find(number);
  if (waiting == waiting_.end()) return;
  for (const auto& file : waiting->second.files) {
    const auto others = of_file_.find(file);
    if (others == of_file_.end()) continue;
    others->second.erase(number);
    if (others->second.empty()) of_file_.erase(others);
  }
  const auto of_client = of_client_.find(net::client_of(waiting->second.who.address));
  if (--of_client->second == 0) of_client_.erase(of_client);
  of_peer_.erase(waiting->second.who);
  called_.erase(number);
  waiting_.erase(waiting);
}

void HeldAnnouncements::call(const net::Endpoint& who) {
  if (const auto found = of_peer_.find(who); found != of_peer_.end()) called_.insert(found->second);
}

void HeldAnnouncements::call_some(const hash::TreeRoot& file, std::size_t count) {
  const auto found = of_file_.find(file);
  if (found == of_file_.end()) return;
  const auto& numbers = found->second;
  const std::uint64_t span = *numbers.rbegin() - *numbers.begin() + 1;
  auto next = numbers.lower_bound(*numbers.begin() + random_.below(span));
  for (std::size_t i = 0; i < std::min(count, numbers.size()); ++i) {
    if (next == numbers.end()) next = numbers.begin();
    called_.insert(*next++);
  }
}

void HeldAnnouncements::answer_called() {
  // An answer may be the reason to call another one.
  while (!called_.empty()) {
    const auto waiting = waiting_.find(*called_.begin());
    called_.erase(called_.begin());
    if (waiting == waiting_.end()) continue;
    const auto on_call = std::exchange(waiting->second.on_call, nullptr);
    if (on_call) on_call();
  }
}

HeldExchange::HeldExchange(HeldAnnouncements& held, Timers& timers, const net::Endpoint& who,
                           std::vector<hash::TreeRoot> files, std::chrono::seconds wait,
                           std::function<void()> answer)
    : answer_(std::move(answer)),
      timer_(timers.make_timer([this] { end(); })),
      place_(held.enter(who, std::move(files), [this] { end(); })) {
  timer_->arm(wait);
}

void HeldExchange::end() {
  timer_->disarm();
  place_.reset();
  // The last: whoever is answered may be gone afterwards.
  const auto answer = std::move(answer_);
  answer();
}

}  // namespace alluvium::gateway
