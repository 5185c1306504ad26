#include "gateway/broadcaster/order.hpp"

#include "core/base/random.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <tuple>

namespace alluvium::broadcaster {

Result<Order> parse_order(std::string_view word) {
  if (word == "name") return Order::name;
  if (word == "tags") return Order::tags;
  if (word == "shuffle") return Order::shuffle;
  return Error{"the order is name, tags or shuffle, not \"" + printable(word) + "\""};
}

std::uint64_t shuffle_rank(std::string_view name, std::uint64_t seed) {
  // FNV-1a of the name, then mixed with the seed.
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : name) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  }
  return Random(hash ^ Random(seed).next()).next();
}

void put_in_order(std::vector<std::size_t>& indices, const std::vector<MeasuredFile>& files,
                  Order order, std::uint64_t seed) {
  const auto by_key = [&](auto key) {
    std::stable_sort(indices.begin(), indices.end(),
                     [&](std::size_t a, std::size_t b) { return key(files[a]) < key(files[b]); });
  };
  switch (order) {
    case Order::given:
      return;
    case Order::name:
      return by_key([](const MeasuredFile& file) { return std::string_view(file.name); });
    case Order::tags:
      return by_key([](const MeasuredFile& file) {
        return std::tuple<std::string_view, std::string_view, std::uint32_t, std::uint32_t,
                          std::string_view, std::string_view>(file.creator, file.album, file.disc,
                                                              file.track, file.title, file.name);
      });
    case Order::shuffle:
      return by_key([seed](const MeasuredFile& file) {
        return std::pair<std::uint64_t, std::string_view>(shuffle_rank(file.name, seed), file.name);
      });
  }
}

}  // namespace alluvium::broadcaster
