#include "core/swarm/peer_book.hpp"

#include "core/swarm/swarm_view.hpp"

#include <string>
#include <utility>

#include <catch2/catch.hpp>

using namespace alluvium;
using std::chrono::milliseconds;
using std::chrono::seconds;
using store::ChunkMap;
using swarm::PeerBook;

namespace {

const hash::TreeRoot song{hash::sha256(as_bytes("song"))};
const hash::TreeRoot other{hash::sha256(as_bytes("other"))};
constexpr Instant start{std::chrono::hours(1)};

net::Endpoint peer(unsigned i) {
  return {net::IpAddress::v4(10, 1, static_cast<std::uint8_t>(i / 250),
                             static_cast<std::uint8_t>(i % 250)),
          3'000};
}

std::string holding(const PeerBook& book, unsigned i, const hash::TreeRoot& root = song) {
  const auto* found = book.find(peer(i));
  return found == nullptr || !found->holdings.contains(root) ? "unknown"
                                                             : found->holdings.at(root).drawing();
}

}  // namespace

TEST_CASE("the latest word about a peer counts, file by file") {
  PeerBook book;
  CHECK(holding(book, 1) == "unknown");
  book.learn(peer(1), song, ChunkMap::drawn("#.."));
  book.learn(peer(1), other, ChunkMap::drawn("##"));
  book.learn(peer(1), song, ChunkMap::drawn(".##"));
  CHECK(holding(book, 1) == ".##");
  CHECK(holding(book, 1, other) == "##");
  CHECK(book.count() == 1);
}

TEST_CASE("that a peer takes part does not overwrite what it has") {
  PeerBook book;
  const hash::ChunkLayout layout(3 * hash::chunk_bytes);
  book.learn(peer(1), song, layout);
  CHECK(holding(book, 1) == "...");
  book.learn(peer(1), song, ChunkMap::drawn("#.."));
  book.learn(peer(1), song, layout);
  CHECK(holding(book, 1) == "#..");
}

TEST_CASE("a swarm is everybody who takes part in a file, in order, without the banned") {
  PeerBook book;
  for (const unsigned i : {3u, 1u, 2u}) book.learn(peer(i), song, ChunkMap(1));
  book.learn(peer(4), other, ChunkMap(1));
  book.ban(peer(2));
  std::vector<net::Endpoint> members;
  for (const auto& [endpoint, known] : book.in_swarm(song)) members.push_back(endpoint);
  CHECK(members == std::vector{peer(1), peer(3)});
  CHECK(book.count() == 3);
  // What a banned peer says later changes nothing.
  book.learn(peer(2), song, ChunkMap::all(1));
  CHECK(book.in_swarm(song).size() == 2);
}

TEST_CASE("a peer that fails is left alone for longer each time, and forgotten at last") {
  PeerBook book;
  book.learn(peer(1), song, ChunkMap(1));
  for (const int pause : {1, 2, 4, 8}) {
    book.on_failure(peer(1), start);
    REQUIRE(book.find(peer(1)));
    CHECK(book.find(peer(1))->not_before == start + seconds(pause));
  }
  book.on_failure(peer(1), start);
  CHECK_FALSE(book.find(peer(1)));
  book.on_failure(peer(1), start);
  book.on_request_ended(peer(1));
  CHECK(book.count() == 0);
}

TEST_CASE("a chunk makes up for failures") {
  PeerBook book;
  book.learn(peer(1), song, ChunkMap(1));
  for (int i = 0; i < 4; ++i) book.on_failure(peer(1), start);
  book.on_chunk(peer(1), hash::chunk_bytes);
  for (int i = 0; i < 4; ++i) book.on_failure(peer(1), start);
  REQUIRE(book.find(peer(1)));
  CHECK(book.find(peer(1))->not_before == start + seconds(8));
}

TEST_CASE("what came from a peer adds up") {
  PeerBook book;
  book.learn(peer(1), song, ChunkMap(1));
  book.learn(peer(2), song, ChunkMap(1));
  book.on_chunk(peer(1), hash::chunk_bytes);
  book.on_chunk(peer(1), 100);
  book.on_chunk(peer(3), 100);
  REQUIRE(book.all().size() == 2);
  CHECK(book.all().at(peer(1)).received_bytes == hash::chunk_bytes + 100);
  CHECK(book.all().at(peer(2)).received_bytes == 0);
}

TEST_CASE("a busy peer is left alone as long as it wishes, which is no failure") {
  PeerBook book;
  book.learn(peer(1), song, ChunkMap(1));
  book.on_busy(peer(1), start + seconds(2));
  book.on_busy(peer(1), start + milliseconds(1));
  CHECK(book.find(peer(1))->not_before == start + seconds(2));
  CHECK(book.find(peer(1))->failures == 0);
}

TEST_CASE("requests are counted and never fall below none") {
  PeerBook book;
  book.learn(peer(1), song, ChunkMap(1));
  book.on_request_ended(peer(1));
  book.on_request(peer(1));
  book.on_request(peer(1));
  book.on_request_ended(peer(1));
  CHECK(book.find(peer(1))->requests == 1);
}

TEST_CASE("only who has served verified chunks is recommended, and not too many") {
  Random random(1);
  PeerBook book;
  for (unsigned i = 0; i < 12; ++i) {
    book.learn(peer(i), song, ChunkMap(1));
    if (i != 5) book.on_chunk(peer(i), hash::chunk_bytes);
  }
  book.ban(peer(0));
  book.learn(peer(20), other, ChunkMap(1));
  book.on_chunk(peer(20), hash::chunk_bytes);
  const auto all = book.recommended(song, 100, random);
  CHECK(all.size() == 10);
  CHECK(std::find(all.begin(), all.end(), peer(5)) == all.end());
  CHECK(book.recommended(song, 8, random).size() == 8);
}

TEST_CASE("who has answered in person is recommended as well, and now these, now those") {
  Random random(1);
  PeerBook book;
  for (unsigned i = 0; i < 30; ++i) {
    book.meet(peer(i), song, hash::ChunkLayout(hash::chunk_bytes));
    if (i > 0) book.on_greeted(peer(i));
  }
  book.on_failure(peer(1), Instant{});
  std::set<net::Endpoint> seen;
  for (int i = 0; i < 50; ++i) {
    for (const auto& one : book.recommended(song, 8, random)) seen.insert(one);
  }
  CHECK(seen.size() == 28);
  CHECK_FALSE(seen.contains(peer(0)));
  CHECK_FALSE(seen.contains(peer(1)));
}

TEST_CASE("when the book is full the peer not heard of for longest makes room") {
  PeerBook book;
  for (unsigned i = 0; i < PeerBook::max_peers; ++i) CHECK(book.learn(peer(i), song, ChunkMap(1)));
  book.on_chunk(peer(0), hash::chunk_bytes);
  book.on_request(peer(1));
  CHECK(book.learn(peer(900), song, ChunkMap(1)));
  CHECK(book.count() == PeerBook::max_peers);
  CHECK(book.find(peer(0)));  // Has served since.
  CHECK(book.find(peer(1)));  // Is being asked right now.
  CHECK_FALSE(book.find(peer(2)));
  CHECK(book.find(peer(3)));
}

TEST_CASE("bans outlast the crowd") {
  PeerBook book;
  book.learn(peer(0), song, ChunkMap(1));
  book.ban(peer(0));
  for (unsigned i = 1; i < 2'000; ++i) book.learn(peer(i), song, ChunkMap(1));
  REQUIRE(book.find(peer(0)));
  CHECK(book.find(peer(0))->banned);
  // But a book full of the banned takes others in all the same.
  for (unsigned i = 1; i < 2'000; ++i) book.ban(peer(i));
  CHECK(book.learn(peer(3'000), song, ChunkMap(1)));
  CHECK(book.in_swarm(song).size() == 1);
}

TEST_CASE("who enters or leaves a swarm changes the membership, and nothing else does") {
  PeerBook book;
  std::uint64_t before = book.membership();
  const auto has_changed = [&] { return std::exchange(before, book.membership()) != before; };
  book.learn(peer(1), song, ChunkMap::drawn("#.."));
  CHECK(has_changed());
  const ChunkMap* const map = &book.find(peer(1))->holdings.at(song);
  book.learn(peer(1), song, ChunkMap::drawn("##."));
  book.on_request(peer(1));
  book.on_chunk(peer(1), 100);
  book.on_request_ended(peer(1));
  book.on_busy(peer(1), start);
  book.on_failure(peer(1), start);
  CHECK_FALSE(has_changed());
  CHECK(map->drawing() == "##.");
  CHECK(map == &book.find(peer(1))->holdings.at(song));

  book.learn(peer(1), other, ChunkMap::drawn("#"));
  CHECK(has_changed());
  book.ban(peer(1));
  CHECK(has_changed());
  book.learn(peer(2), song, ChunkMap::drawn("#.."));
  CHECK(has_changed());
  for (unsigned i = 0; i < PeerBook::failures_to_forget; ++i) book.on_failure(peer(2), start);
  CHECK(has_changed());
  for (unsigned i = 10; i < 10 + PeerBook::max_peers; ++i) {
    book.learn(peer(i), song, ChunkMap::drawn("#.."));
    CHECK(has_changed());
  }
}

TEST_CASE("a view of a swarm shows who takes part by now") {
  PeerBook book;
  swarm::SwarmView view(book, song);
  CHECK(view.members().empty());
  book.learn(peer(2), song, ChunkMap::drawn("#.."));
  book.learn(peer(3), other, ChunkMap::drawn("#"));
  REQUIRE(view.members().size() == 1);
  CHECK(view.members()[0].endpoint == peer(2));
  book.learn(peer(1), song, ChunkMap::drawn("..#"));
  book.learn(peer(2), song, ChunkMap::drawn("##."));
  REQUIRE(view.members().size() == 2);
  CHECK(view.members()[0].endpoint == peer(1));
  CHECK(view.members()[1].peer == book.find(peer(2)));
  CHECK(view.members()[1].available->drawing() == "##.");
  book.doubt(song);
  CHECK(book.find(peer(2))->doubted.contains(song));
  book.suppose(song, hash::ChunkLayout(3 * hash::chunk_bytes));
  // Of the other song's swarm nothing is known here but that it may take part.
  REQUIRE(view.members().size() == 3);
  CHECK(view.members()[2].available->drawing() == "...");
  book.ban(peer(1));
  book.ban(peer(3));
  REQUIRE(view.members().size() == 1);
  for (unsigned i = 0; i < PeerBook::failures_to_forget; ++i) book.on_failure(peer(2), start);
  CHECK(view.members().empty());
}

TEST_CASE("who was met in another swarm is supposed to take part until it says what it has") {
  PeerBook book;
  const hash::ChunkLayout layout(3 * hash::chunk_bytes);
  book.remember(peer(1));
  book.learn(peer(2), song, ChunkMap::drawn("#.."));
  book.suppose(song, layout);
  CHECK(book.find(peer(1))->supposed.contains(song));
  CHECK(book.find(peer(1))->holdings.at(song).drawing() == "...");
  CHECK_FALSE(book.find(peer(2))->supposed.contains(song));
  // Nor does time make it a holder.
  book.doubt(song);
  CHECK_FALSE(book.find(peer(1))->doubted.contains(song));
  CHECK(book.find(peer(1))->holdings.at(song).drawing() == "...");
  book.learn(peer(1), song, ChunkMap::drawn(".#."));
  CHECK_FALSE(book.find(peer(1))->supposed.contains(song));
  CHECK_FALSE(book.find(peer(1))->doubted.contains(song));
  book.doubt(song);
  CHECK(book.find(peer(1))->doubted.contains(song));
  book.learn(peer(1), song, ChunkMap::all(3));
  book.doubt(song);
  // More than all it cannot have.
  CHECK_FALSE(book.find(peer(1))->doubted.contains(song));
}

TEST_CASE("to remember somebody changes nothing about who is known already") {
  PeerBook book;
  book.learn(peer(1), song, ChunkMap::drawn("##"));
  book.ban(peer(2));
  book.remember(peer(1));
  CHECK(book.find(peer(1))->holdings.at(song).drawing() == "##");
  for (std::size_t i = 0; i < 2 * PeerBook::max_peers; ++i) {
    book.remember(peer(static_cast<unsigned>(i)));
  }
  CHECK(book.all().size() == PeerBook::max_peers);
}

TEST_CASE("acquaintances are those who served first, the last heard of before the others") {
  PeerBook book;
  for (unsigned i = 1; i <= 4; ++i) book.learn(peer(i), song, ChunkMap::drawn("#"));
  book.on_chunk(peer(2), 16);
  book.on_chunk(peer(1), 16);
  book.ban(peer(3));
  CHECK(book.acquaintances(9) == std::vector{peer(1), peer(2), peer(4)});
  CHECK(book.acquaintances(1) == std::vector{peer(1)});
}

TEST_CASE(
    "of a peer the files heard of last are known, and who follows a swarm is told of others") {
  PeerBook book;
  const auto file = [](std::size_t i) {
    return hash::TreeRoot{hash::sha256(as_bytes(std::to_string(i)))};
  };
  for (std::size_t i = 0; i < PeerBook::max_files; ++i) book.learn(peer(1), file(i), ChunkMap(1));
  book.learn(peer(1), file(0), ChunkMap::drawn("#"));
  const auto before = book.membership();
  book.learn(peer(1), song, ChunkMap::drawn(".#"));
  CHECK(holding(book, 1) == ".#");
  CHECK(holding(book, 1, file(0)) == "#");
  CHECK(holding(book, 1, file(1)) == "unknown");
  CHECK(book.membership() >= before + 2);
  book.suppose(other, hash::ChunkLayout(hash::chunk_bytes));
  CHECK(holding(book, 1, other) == ".");
  CHECK(holding(book, 1, file(2)) == "unknown");
  CHECK(book.find(peer(1))->holdings.size() == PeerBook::max_files);
}
