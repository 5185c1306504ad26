#pragma once

#include "core/http/url.hpp"
#include "gateway/broadcaster/order.hpp"

#include <bitset>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace alluvium::broadcaster {

/// A show of the week, as its owner wrote it. Value type.
struct Show {
  std::string name;
  std::bitset<7> on;          ///< By day of the week, Sunday first.
  std::chrono::seconds at{};  ///< Since midnight, by the clock on the wall.
  /// When it is over by the same clock; not later than `at` means on the next day.
  std::optional<std::chrono::seconds> until;
  std::optional<std::chrono::seconds> lasts;  ///< Instead: how long.
  std::string play;                           ///< A folder, list or file in the station's folder.
  bool is_hard = true;    ///< Whether it cuts off what is on air when it begins.
  std::size_t items = 0;  ///< So many of its files each time; 0: as many as there is time for.
  Order order = Order::given;
  bool has_jingles = false;

  bool operator==(const Show&) const = default;
};

/// A week as its owner wrote it. Value type.
struct Grid {
  std::string title;
  std::string zone;
  std::filesystem::path folder;
  http::Url base;  ///< Of the folder; a slash at its end.
  std::optional<http::Url> gateway;
  std::filesystem::path output;
  std::chrono::days days{7};       ///< How far ahead, beyond today.
  std::chrono::days past{1};       ///< For how long what was on air stays in the playlist.
  std::chrono::minutes hold{120};  ///< What begins within this is not moved by an edited grid.
  std::uint64_t seed = 1;
  bool is_sealed = false;
  std::string fill;  ///< What plays between the shows; may be empty, as those below.
  Order fill_order = Order::shuffle;
  std::string filler;   ///< What plays where nothing fits.
  std::string jingles;  ///< One of these after every `jingle_every` items.
  std::size_t jingle_every = 4;
  std::vector<Show> shows;
};

}  // namespace alluvium::broadcaster
