#pragma once

#include "core/base/result.hpp"
#include "gateway/broadcaster/library/measured_file.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace alluvium::broadcaster {

/// In which order files play.
enum class Order {
  given,    ///< As they stand in a list, a folder by name.
  name,     ///< In byte order of their names.
  tags,     ///< By creator, album, disc, track, then title.
  shuffle,  ///< By chance, the same chance for the same seed.
};

[[nodiscard]] Result<Order> parse_order(std::string_view word);

/// Where a file stands in a shuffle: the same on every machine, and whatever other files there are,
/// so that a new one moves none of the others.
[[nodiscard]] std::uint64_t shuffle_rank(std::string_view name, std::uint64_t seed);

/// Puts indices of `files` into order. The same file may be there more than once.
void put_in_order(std::vector<std::size_t>& indices, const std::vector<MeasuredFile>& files,
                  Order order, std::uint64_t seed);

}  // namespace alluvium::broadcaster
