#include "gateway/companions/write_behind.hpp"

#include <algorithm>

namespace alluvium::gateway {

void WriteBehind::on_news(const net::Endpoint& peer, Instant now) {
  if (due_.contains(peer)) return;
  if (due_.size() >= longest_queue_) {
    ++left_out_;
    return;
  }
  const auto written = written_.find(peer);
  const Instant due = written == written_.end() ? now : std::max(now, written->second + pause);
  due_.emplace(peer, due);
  by_time_.emplace(due, peer);
}

std::vector<net::Endpoint> WriteBehind::take(Instant now, std::size_t most) {
  while (!written_order_.empty() && now - written_order_.front().first >= pause) {
    const auto& [at, peer] = written_order_.front();
    if (const auto written = written_.find(peer); written != written_.end()) {
      if (written->second == at) written_.erase(written);
    }
    written_order_.pop_front();
  }
  std::vector<net::Endpoint> taken;
  while (taken.size() < most && !by_time_.empty() && by_time_.begin()->first <= now) {
    const net::Endpoint peer = by_time_.begin()->second;
    by_time_.erase(by_time_.begin());
    due_.erase(peer);
    written_[peer] = now;
    written_order_.emplace_back(now, peer);
    taken.push_back(peer);
  }
  return taken;
}

std::vector<net::Endpoint> WriteBehind::take_all() {
  std::vector<net::Endpoint> taken;
  for (const auto& [due, peer] : by_time_) taken.push_back(peer);
  clear();
  return taken;
}

void WriteBehind::clear() {
  due_.clear();
  by_time_.clear();
}

}  // namespace alluvium::gateway
