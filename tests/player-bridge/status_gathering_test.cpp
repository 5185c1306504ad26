#include "player-bridge/status_gathering.hpp"

#include "core/store/chunk_map.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::bridge;

namespace {

/// A source that holds what is drawn.
class DrawnSource final : public swarm::ByteSource {
 public:
  explicit DrawnSource(std::string_view drawing) : map_(store::ChunkMap::drawn(drawing)) {}
  [[nodiscard]] std::optional<std::uint64_t> length() const override {
    return map_.size() * hash::chunk_bytes;
  }
  [[nodiscard]] std::optional<Slice> read(hash::ChunkIndex) override { return std::nullopt; }
  [[nodiscard]] std::uint32_t run_from(hash::ChunkIndex index) const override {
    return map_.run_from(index);
  }
  [[nodiscard]] std::uint32_t held() const override { return map_.count(); }
  [[nodiscard]] bool is_verified() const override { return true; }
  void set_window(const swarm::Window&) override {}
  void update() override {}

 private:
  store::ChunkMap map_;
};

net::Endpoint endpoint(unsigned host, std::uint16_t port = 7'000) {
  return {net::IpAddress::v4(10, 0, static_cast<std::uint8_t>(host >> 8),
                             static_cast<std::uint8_t>(host)),
          port};
}

const hash::TreeRoot song{hash::sha256(as_bytes("song"))};

/// `address received sent`, one a line.
std::string drawn(const std::vector<PeerStatus>& rows) {
  std::string text;
  for (const PeerStatus& row : rows) {
    text += row.address + " " + std::to_string(row.received_bytes) + " " +
            std::to_string(row.sent_bytes) + "\n";
  }
  return text;
}

}  // namespace

TEST_CASE("a map has a cell for each chunk while there is room") {
  for (const char* map : {"", "#", ".", "##..#..", "######", "......", ".#.#.#"}) {
    CAPTURE(map);
    const DrawnSource source(map);
    CHECK(draw_cells(source, static_cast<std::uint32_t>(std::string_view(map).size()), 512) == map);
  }
}

TEST_CASE("in the map of a long file a cell stands for several chunks") {
  struct Row {
    const char* map;
    std::uint32_t cells;
    const char* drawing;
  };
  for (const Row& row :
       {Row{"####....####", 3, "#.#"}, Row{"###.#...####", 3, "72#"}, Row{"#.#.#.#.#.", 1, "5"},
        Row{"####.", 2, "#6"}, Row{"####################.", 1, "9"},
        Row{"....................#", 1, "1"}, Row{".########.", 2, "88"}}) {
    CAPTURE(row.map);
    const std::string_view map = row.map;
    CHECK(draw_cells(DrawnSource(map), static_cast<std::uint32_t>(map.size()), row.cells) ==
          row.drawing);
  }
  const std::string large(100'000, '#');
  CHECK(draw_cells(DrawnSource(large), 100'000, 512) == std::string(512, '#'));
}

TEST_CASE("peers are listed with what came from them and went to their address") {
  swarm::PeerBook book;
  book.learn(endpoint(1), song, store::ChunkMap::drawn("##.."));
  book.learn(endpoint(2), song, store::ChunkMap::drawn("####"));
  book.learn(endpoint(3), song, store::ChunkMap::drawn("...."));
  book.on_chunk(endpoint(1), 100);
  book.on_chunk(endpoint(2), 900);
  book.ban(endpoint(3));
  const auto rows = list_peers(book, {{endpoint(1).address, 500}}, song, 10);
  CHECK(drawn(rows) == "10.0.0.2:7000 900 0\n10.0.0.1:7000 100 500\n10.0.0.3:7000 0 0\n");
  CHECK(rows[1].holds == 0.5);
  CHECK(rows[0].holds == 1.0);
  CHECK(rows[2].is_banned);
  CHECK_FALSE(rows[2].holds);
  CHECK_FALSE(list_peers(book, {}, std::nullopt, 10)[0].holds);
}

TEST_CASE("what went to an address that several share, or nobody is known at, has its own row") {
  swarm::PeerBook book;
  book.learn(endpoint(1, 7'000), song, store::ChunkMap(4));
  book.learn(endpoint(1, 7'001), song, store::ChunkMap(4));
  CHECK(
      drawn(list_peers(book, {{endpoint(1).address, 500}, {endpoint(9).address, 300}}, song, 10)) ==
      "10.0.0.1 0 500\n10.0.0.9 0 300\n10.0.0.1:7000 0 0\n10.0.0.1:7001 0 0\n");
}

TEST_CASE("of many peers those are listed with whom most was exchanged") {
  swarm::PeerBook book;
  for (unsigned i = 0; i < 400; ++i) {
    book.learn(endpoint(i), song, store::ChunkMap(4));
    book.on_chunk(endpoint(i), i);
  }
  const auto rows = list_peers(book, {{endpoint(7).address, 1'000}}, song, 3);
  CHECK(drawn(rows) == "10.0.0.7:7000 7 1000\n10.0.1.143:7000 399 0\n10.0.1.142:7000 398 0\n");
}
