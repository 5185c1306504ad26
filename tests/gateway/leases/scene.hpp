#pragma once

#include "gateway/leases/lease_book.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace alluvium::leases::test {

/// A book and one file of three minutes; listeners are numbers, each at an address of its own.
struct Scene {
  explicit Scene(std::uint32_t chunks = 300, std::uint64_t seed = 1) : book(seed), count(chunks) {
    book.on_file(root, {hash::ChunkLayout(chunks * hash::chunk_bytes), std::chrono::minutes(3)});
  }

  const hash::TreeRoot root{{7}};
  LeaseBook book;
  std::uint32_t count;
  Instant now{std::chrono::hours(1)};

  static net::Endpoint at(std::uint32_t number) {
    return {net::IpAddress::v4(20, static_cast<std::uint8_t>(number >> 16),
                               static_cast<std::uint8_t>(number >> 8),
                               static_cast<std::uint8_t>(number)),
            9000};
  }
  void pass(Duration time) { now += time; }

  void hear(std::uint32_t number, std::optional<bool> reachable = true,
            std::uint64_t up_bps = 10'000'000) {
    book.on_peer({at(number), up_bps, reachable, std::chrono::seconds(60)}, now);
  }
  /// `#` is a chunk that is held.
  void have(std::uint32_t number, std::string_view drawn) {
    Held held;
    for (std::uint32_t i = 0; i < drawn.size(); ++i) {
      if (drawn[i] == '#') held.runs.push_back({{i}, {i + 1}});
    }
    book.on_have(at(number), root, held, now);
  }
  void have_all(std::uint32_t number) { book.on_have(at(number), root, {true, {}}, now); }
  /// A listener that others can reach, and what it holds.
  void add(std::uint32_t number, std::string_view drawn = "") {
    hear(number);
    have(number, drawn);
  }

  Answer want(std::uint32_t number, std::uint32_t begin, std::uint32_t end,
              Duration by = std::chrono::seconds(2)) {
    return book.on_want(at(number), {{root, {{{begin}, {end}}}, by}}, {}, now);
  }
  void fail(std::uint32_t number, std::uint32_t chunk, std::optional<net::Endpoint> source,
            Failing why = Failing::late) {
    static_cast<void>(
        book.on_want(at(number), {}, {{root, {{{chunk}, {chunk + 1}}}, source, why}}, now));
  }
  /// The answer drawn: `0-3 origin; 4-7,9 from 20.0.0.1; 8 from 20.0.0.2 (coming); 10 wait; 11
  /// alone`.
  std::string asks(std::uint32_t number, std::uint32_t begin, std::uint32_t end,
                   Duration by = std::chrono::seconds(2)) {
    return text(want(number, begin, end, by));
  }
  static std::string text(const Answer& answer) {
    std::string all;
    for (const auto& given : answer.given) {
      if (!all.empty()) all += "; ";
      for (const auto& run : given.runs) {
        if (&run != given.runs.data()) all += ",";
        all += std::to_string(run.begin.value);
        if (run.size() > 1) all += "-" + std::to_string(run.end.value - 1);
      }
      if (const auto* origin = std::get_if<FromOrigin>(&given.from)) {
        all += origin->ticket ? " origin" : " alone";
      } else if (const auto* peer = std::get_if<FromPeer>(&given.from)) {
        all += " from " + peer->peer.address.text();
        if (peer->wait > Duration::zero()) all += " (coming)";
      } else {
        all += " wait";
      }
    }
    return all;
  }
};

}  // namespace alluvium::leases::test
