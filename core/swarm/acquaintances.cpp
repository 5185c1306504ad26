#include "core/swarm/acquaintances.hpp"

#include <algorithm>
#include <utility>

namespace alluvium::swarm {

namespace {

constexpr std::string_view own_mark = "you ";

}  // namespace

Acquaintances::Acquaintances(Services& services, std::string_view station)
    : services_(services), key_("peers " + std::string(station)) {}

void Acquaintances::recall() {
  next_ = services_.clock.now() + kept_every;
  const auto text = services_.store.read_record(key_);
  if (!text) return;
  read_acquaintances(*text, services_.peers);
  kept_ = *text;
}

void Acquaintances::on_turn() {
  if (services_.clock.now() >= next_) keep();
}

void Acquaintances::keep() {
  next_ = services_.clock.now() + kept_every;
  std::string text = write_acquaintances(services_.peers);
  if (text.empty() || text == kept_) return;
  kept_ = text;
  services_.store.write_record(key_, std::move(text));
}

std::string write_acquaintances(const PeerBook& peers) {
  std::string text;
  if (const auto& own = peers.own_address()) text += std::string(own_mark) + own->text() + "\n";
  for (const net::Endpoint& peer : peers.acquaintances(Acquaintances::most)) {
    text += peer.text() + "\n";
  }
  return text;
}

void read_acquaintances(std::string_view text, PeerBook& peers) {
  std::size_t count = 0;
  while (!text.empty() && count < Acquaintances::most) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with(own_mark)) {
      line.remove_prefix(own_mark.size());
      if (const auto own = net::IpAddress::parse(line)) peers.set_own_address(*own);
      continue;
    }
    const auto peer = net::parse_endpoint(line);
    const bool may_be_met = peer && peer->port >= 1024 && !peer->address.is_unspecified();
    if (!may_be_met) continue;
    peers.remember(*peer);
    ++count;
  }
}

}  // namespace alluvium::swarm
