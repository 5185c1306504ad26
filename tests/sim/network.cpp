#include "tests/sim/network.hpp"

#include "core/http/response_head.hpp"

#include <utility>

namespace alluvium::sim {

namespace {

/// Addresses here are IPv4.
std::uint32_t key_of(const net::IpAddress& address) {
  std::uint32_t key = 0;
  for (std::size_t i = 12; i < 16; ++i) key = key << 8 | address.bytes()[i];
  return key;
}

}  // namespace

Host& Network::add(const HostTraits& traits) {
  const auto number = static_cast<std::uint32_t>(hosts_.size());
  Host& host = hosts_.emplace_back(*this, number, traits, seeds_.next());
  by_address_[key_of(traits.address)] = &host;
  return host;
}

Host* Network::find(const net::IpAddress& address) const {
  const auto found = by_address_.find(key_of(address));
  return found == by_address_.end() ? nullptr : found->second;
}

Host* Network::find(const http::Url& url) const {
  if (const auto address = url.literal_address()) return find(*address);
  const auto found = names_.find(url.host());
  return found == names_.end() ? nullptr : found->second;
}

std::unique_ptr<http::Transfer> Network::start(Host& from, http::ClientRequest request,
                                               http::TransferObserver& observer, bool is_reversed) {
  auto conversation =
      std::make_unique<Conversation>(*this, from, std::move(request), observer, is_reversed);
  conversation->place_ = conversations_.size();
  return conversations_.emplace_back(std::move(conversation))->begin_call();
}

void Network::retire(Conversation& conversation) {
  const std::size_t place = conversation.place_;
  if (retired_.empty()) {
    Actor& self = *this;
    (void)agenda_.at(agenda_.now(), self);
  }
  retired_.push_back(std::move(conversations_[place]));
  if (place + 1 < conversations_.size()) {
    conversations_[place] = std::move(conversations_.back());
    conversations_[place]->place_ = place;
  }
  conversations_.pop_back();
}

void Network::reset_all_of(Host& host) {
  while (!host.served_.empty()) host.served_.back()->on_server_dead();
}

const std::string& Network::date_at(const Host& host) {
  const auto second = std::chrono::floor<std::chrono::seconds>(host.wall_now());
  if (second.time_since_epoch() != date_second_) {
    date_second_ = second.time_since_epoch();
    date_ = http::format_http_date(second);
  }
  return date_;
}

}  // namespace alluvium::sim
