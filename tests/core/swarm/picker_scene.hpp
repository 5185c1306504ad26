#pragma once

#include "core/swarm/picker.hpp"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace alluvium::test {

/// Peers are A, B, C..., by the last byte of their addresses.
[[nodiscard]] inline net::Endpoint endpoint_of(char name) {
  return {net::IpAddress::v4(10, 0, 0, static_cast<std::uint8_t>(name - 'A' + 1)), 2'000};
}

/// What the picker sees, drawn: `held` and what peers have as `##..`, coverage as `.` nobody asked,
/// `a` asked, `l` late, `t` twice, the urgent window as `[`, `!` and what follows as `.`. What it
/// decides is drawn as well: `A0-3! o7` is an urgent request to A for four chunks, and one to the
/// origin.
class PickerScene {
 public:
  explicit PickerScene(std::string_view held, swarm::PickLimits limits = {})
      : picker_(limits), held_(store::ChunkMap::drawn(held)), coverage_(held.size()) {
    state_.held = &held_;
    state_.coverage = &coverage_;
  }

  PickerScene& urgent(std::uint32_t begin, std::uint32_t end) {
    state_.urgent = {{begin}, {end}};
    return *this;
  }
  PickerScene& after_urgent(std::uint32_t begin, std::uint32_t end) {
    state_.after_urgent = {{begin}, {end}};
    return *this;
  }
  PickerScene& covered(std::string_view drawing) {
    using swarm::Coverage;
    for (std::size_t i = 0; i < drawing.size(); ++i) {
      coverage_[i] = drawing[i] == 'a'   ? Coverage::asked
                     : drawing[i] == 'l' ? Coverage::late
                     : drawing[i] == 't' ? Coverage::twice
                                         : Coverage::none;
    }
    return *this;
  }
  /// Call in the order of the names.
  PickerScene& peer(char name, std::string_view has, unsigned requests = 0) {
    maps_.push_back(store::ChunkMap::drawn(has));
    swarm::PeerChoice choice;
    choice.endpoint = endpoint_of(name);
    choice.available = &maps_.back();
    choice.requests = requests;
    state_.peers.push_back(choice);
    return *this;
  }
  /// Of whom it is not known whether it takes part.
  PickerScene& supposed(char name) {
    peer(name, std::string(coverage_.size(), '.'));
    state_.peers.back().is_supposed = true;
    return *this;
  }
  PickerScene& asked(std::uint32_t chunk, char source) {
    state_.asked_from.emplace_back(hash::ChunkIndex{chunk}, named(source));
    return *this;
  }

  [[nodiscard]] swarm::PickState& state() { return state_; }
  [[nodiscard]] store::ChunkMap& map_of_peer(std::size_t i) { return maps_[i]; }
  [[nodiscard]] store::ChunkMap& held() { return held_; }

  [[nodiscard]] std::vector<swarm::Ask> asks(Duration at = {}) {
    return picker_.pick(state_, Instant(at));
  }
  [[nodiscard]] std::string picked(Duration at = {}) {
    std::string text;
    for (const auto& ask : asks(at)) {
      if (!text.empty()) text += ' ';
      text += ask.peer ? static_cast<char>('A' + ask.peer->address.bytes()[15] - 1) : 'o';
      text += std::to_string(ask.run.begin.value);
      if (ask.run.size() > 1) text += '-' + std::to_string(ask.run.end.value - 1);
      if (ask.is_urgent) text += '!';
    }
    return text;
  }

 private:
  static std::optional<net::Endpoint> named(char source) {
    if (source == 'o') return std::nullopt;
    return endpoint_of(source);
  }

  swarm::Picker picker_;
  store::ChunkMap held_;
  std::vector<swarm::Coverage> coverage_;
  std::deque<store::ChunkMap> maps_;
  swarm::PickState state_;
};

}  // namespace alluvium::test
