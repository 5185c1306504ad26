#include "core/swarm/acquaintances.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using swarm::PeerBook;

namespace {

net::Endpoint peer(std::uint8_t i) {
  return {net::IpAddress::v4(10, 1, 0, i), 3'000};
}

std::size_t known_from(std::string_view text) {
  PeerBook book;
  swarm::read_acquaintances(text, book);
  return book.all().size();
}

}  // namespace

TEST_CASE("who was met, and as whom we were known, is read as it was written") {
  const hash::TreeRoot song{hash::sha256(as_bytes("song"))};
  PeerBook before;
  before.set_own_address(*net::IpAddress::parse("2001:db8::7"));
  before.learn(peer(1), song, store::ChunkMap::drawn("#"));
  before.learn({*net::IpAddress::parse("2001:db8::1"), 4'000}, song, store::ChunkMap::drawn("#"));
  const std::string text = swarm::write_acquaintances(before);
  PeerBook after;
  swarm::read_acquaintances(text, after);
  CHECK(after.own_address() == before.own_address());
  CHECK(after.all().size() == 2);
  CHECK(after.find(peer(1)) != nullptr);
  CHECK(after.find(peer(1))->holdings.empty());
  CHECK(after.find({*net::IpAddress::parse("2001:db8::1"), 4'000}) != nullptr);
  CHECK(swarm::write_acquaintances(PeerBook()).empty());
}

TEST_CASE("a damaged list of acquaintances is taken as far as it makes sense") {
  CHECK(known_from("") == 0);
  CHECK(known_from("\n\n\n") == 0);
  CHECK(known_from("you\nyou \nyou nonsense\n10.0.0.1:5000") == 1);
  CHECK(known_from("10.0.0.1:80\n0.0.0.0:5000\n10.0.0.1:99999\nname:5000\n10.0.0.2:5000x") == 0);
  std::string many;
  for (int i = 0; i < 1'000; ++i) many += "10.0.0.1:" + std::to_string(2'000 + i) + "\n";
  CHECK(known_from(many) == swarm::Acquaintances::most);
}
