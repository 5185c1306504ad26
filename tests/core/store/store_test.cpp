#include "tests/core/store/store_rig.hpp"

using namespace alluvium;
using namespace alluvium::test;
using store::Store;
using store::StoreLimits;

TEST_CASE("a chunk is held from the moment it is put, and is written behind") {
  StoreRig rig;
  const auto file = MediaSample::of_chunks(4);
  const auto store = rig.open({});
  rig.put(*store, file, {0});
  CHECK(store->held(file.root()).size() == 0);
  store->add(file.row);
  CHECK(store->files().empty());
  rig.put(*store, file, {1, 3});
  CHECK(held(*store, file) == ".#.#");
  CHECK(store->files() == std::vector{file.root()});
  CHECK(store->in_memory(file.root(), {1})->view().data() != nullptr);
  CHECK_FALSE(store->in_memory(file.root(), {0}));
  rig.time.turn();
  CHECK(rig.disk->drawing(file) == ".#.#");
}

TEST_CASE("a chunk comes back from disk when memory has lost it") {
  StoreRig rig;
  const auto file = MediaSample::of_chunks(5);
  const auto store = rig.open(limits(100, 2));
  store->add(file.row);
  for (const std::uint32_t i : {0u, 1u, 2u, 3u}) {
    rig.put(*store, file, {i});
    rig.time.turn();
  }
  CHECK(held(*store, file) == "####.");
  CHECK_FALSE(store->in_memory(file.root(), {0}));
  CHECK(store->in_memory(file.root(), {3}));
  CHECK(rig.loaded(*store, file, 0) == "right");
  CHECK(store->in_memory(file.root(), {0}));
  CHECK(rig.loaded(*store, file, 4) == "nothing");
}

TEST_CASE("a chunk in use stays in memory longer than one that is not") {
  StoreRig rig;
  const auto file = MediaSample::of_chunks(4);
  const auto store = rig.open(limits(100, 2));
  store->add(file.row);
  rig.put(*store, file, {0, 1});
  rig.time.turn();
  CHECK(store->in_memory(file.root(), {0}));
  rig.put(*store, file, {2});
  rig.time.turn();
  CHECK(store->in_memory(file.root(), {0}));
  CHECK_FALSE(store->in_memory(file.root(), {1}));
}

TEST_CASE("memory is not emptied of what the disk does not have yet") {
  StoreRig rig;
  rig.workers.set_duration(std::chrono::seconds(1));
  const auto file = MediaSample::of_chunks(5);
  const auto store = rig.open(limits(100, 3));
  store->add(file.row);
  rig.put(*store, file, {0, 1, 2});
  rig.time.run_for(std::chrono::milliseconds(1'500));
  CHECK(rig.disk->drawing(file) == "#....");
  rig.put(*store, file, {3});
  CHECK_FALSE(store->in_memory(file.root(), {0}));
  CHECK(held(*store, file) == "####.");
}

TEST_CASE("a chunk that memory lost while it was being written is held once it is written") {
  StoreRig rig;
  rig.workers.set_duration(std::chrono::seconds(1));
  const auto file = MediaSample::of_chunks(5);
  const auto store = rig.open(limits(4, 2));
  store->add(file.row);
  rig.put(*store, file, {0, 1, 2});
  CHECK(held(*store, file) == ".##..");
  rig.time.run_for(std::chrono::seconds(5));
  CHECK(held(*store, file) == "###..");
  CHECK(rig.disk->drawing(file) == "###..");
}

TEST_CASE("a chunk that is put again while it is being written counts once") {
  StoreRig rig;
  rig.workers.set_duration(std::chrono::seconds(1));
  const auto file = MediaSample::of_chunks(8);
  const auto store = rig.open(limits(4, 1));
  store->add(file.row);
  store->pin(file.root());
  rig.put(*store, file, {0, 1, 0});
  rig.time.run_for(std::chrono::seconds(5));
  rig.put(*store, file, {2});
  rig.time.run_for(std::chrono::seconds(5));
  rig.put(*store, file, {3});
  rig.time.run_for(std::chrono::seconds(5));
  CHECK(rig.disk->drawing(file) == "####....");
}

TEST_CASE("the longest unused file makes room on disk, a pinned one never") {
  StoreRig rig;
  const auto a = MediaSample::of_chunks(2, 1);
  const auto b = MediaSample::of_chunks(2, 2);
  const auto c = MediaSample::of_chunks(2, 3);
  const auto store = rig.open(limits(4, 0));
  for (const auto* file : {&a, &b, &c}) store->add(file->row);
  rig.put(*store, a, {0, 1});
  rig.time.turn();
  rig.put(*store, b, {0, 1});
  rig.time.turn();

  SECTION("the first one here is the first to go") {
    rig.put(*store, c, {0});
    rig.time.turn();
    CHECK(rig.disk->drawing(a) == "..");
    CHECK(rig.disk->drawing(b) == "##");
    CHECK(held(*store, a) == "..");
    CHECK(held(*store, b) == "##");
    CHECK(held(*store, c) == "#.");
  }
  SECTION("unless it was used since") {
    CHECK(rig.loaded(*store, a, 0) == "right");
    rig.put(*store, c, {0});
    rig.time.turn();
    CHECK(rig.disk->drawing(a) == "##");
    CHECK(rig.disk->drawing(b) == "..");
  }
  SECTION("or is pinned, as often as it was pinned") {
    store->pin(a.root());
    store->pin(a.root());
    store->unpin(a.root());
    rig.put(*store, c, {0});
    rig.time.turn();
    CHECK(rig.disk->drawing(a) == "##");
    CHECK(rig.disk->drawing(b) == "..");
  }
}

TEST_CASE("a file evicted while parts of it wait to be written is not believed to be on disk") {
  StoreRig rig;
  rig.workers.set_duration(std::chrono::seconds(1));
  const auto a = MediaSample::of_chunks(3, 1);
  const auto b = MediaSample::of_chunks(3, 2);
  const auto store = rig.open(limits(2, 3));
  store->add(a.row);
  store->add(b.row);
  rig.put(*store, a, {0, 1});
  rig.time.run_for(std::chrono::milliseconds(1'500));
  CHECK(rig.disk->drawing(a) == "#..");
  rig.put(*store, b, {0});
  rig.time.run_for(std::chrono::seconds(10));
  CHECK(rig.disk->drawing(a) == "...");
  CHECK(rig.disk->drawing(b) == "#..");
  CHECK(held(*store, a) == "##.");
  // Neither may leave the disk, and memory has room for three: what the disk has too is let go.
  store->pin(a.root());
  store->pin(b.root());
  rig.put(*store, b, {1});
  CHECK_FALSE(store->in_memory(b.root(), {0}));
  rig.workers.set_duration({});
  CHECK(rig.loaded(*store, a, 1) == "right");
  CHECK(rig.loaded(*store, b, 0) == "right");
}

TEST_CASE("a full disk is said once, memory goes on, and so is its end") {
  StoreRig rig;
  const auto file = MediaSample::of_chunks(6);
  const auto store = rig.open(limits(100, 3));
  store->add(file.row);
  rig.disk->fail_with("no space left on device");
  rig.put(*store, file, {0, 1});
  rig.time.turn();
  CHECK(rig.troubles == std::vector<std::string>{"no space left on device"});
  CHECK(held(*store, file) == "##....");
  rig.put(*store, file, {2, 3});
  rig.time.turn();
  // There is nowhere else, so that the oldest is lost.
  CHECK(held(*store, file) == ".###..");
  CHECK(rig.troubles.size() == 1);
  rig.disk->fail_with("");
  rig.put(*store, file, {4});
  rig.time.turn();
  CHECK(rig.troubles == std::vector<std::string>{"no space left on device", ""});
  CHECK(rig.disk->drawing(file) == "....#.");
}

TEST_CASE("without a disk the longest unused chunks are lost, those of pinned files last") {
  StoreRig rig;
  const auto a = MediaSample::of_chunks(3, 1);
  const auto b = MediaSample::of_chunks(3, 2);
  const auto store = rig.open_without_disk(3);
  store->add(a.row);
  store->add(b.row);
  store->pin(a.root());
  rig.put(*store, a, {0, 1});
  rig.put(*store, b, {0, 1});
  CHECK(held(*store, a) == "##.");
  CHECK(held(*store, b) == ".#.");
  rig.put(*store, a, {2});
  CHECK(held(*store, a) == "###");
  CHECK(held(*store, b) == "...");
  CHECK(rig.loaded(*store, b, 0) == "nothing");
  CHECK(rig.loaded(*store, a, 0) == "right");
}

TEST_CASE("there is room until the next chunk would push out one of a pinned file") {
  StoreRig rig;
  const auto a = MediaSample::of_chunks(8, 1);
  const auto b = MediaSample::of_chunks(8, 2);
  SECTION("in memory alone") {
    const auto store = rig.open_without_disk(3);
    store->add(a.row);
    store->add(b.row);
    store->pin(a.root());
    rig.put(*store, b, {0});
    rig.put(*store, a, {0, 1});
    CHECK(store->has_room());
    rig.put(*store, a, {2});
    CHECK(held(*store, a) == "###.....");
    CHECK_FALSE(store->has_room());
    store->unpin(a.root());
    CHECK(store->has_room());
  }
  SECTION("with a disk") {
    const auto store = rig.open(limits(3, 1));
    store->add(a.row);
    store->add(b.row);
    store->pin(a.root());
    for (const std::uint32_t i : {0u, 1u}) {
      rig.put(*store, a, {i});
      rig.time.turn();
    }
    CHECK(store->has_room());
    rig.put(*store, b, {0});
    rig.time.turn();
    CHECK(store->has_room());
    rig.put(*store, a, {2});
    rig.time.turn();
    CHECK(rig.disk->drawing(a) == "###.....");
    // The chunk in memory is on disk as well: one more has room, and then none.
    CHECK(store->has_room());
    rig.put(*store, a, {3});
    rig.time.turn();
    CHECK(held(*store, a) == "####....");
    CHECK_FALSE(store->has_room());
  }
}

TEST_CASE("files on disk are held when the program starts") {
  StoreRig rig;
  const auto file = MediaSample::of_chunks(4);
  rig.disk->place(file, "##.#");
  const auto store = rig.open({});
  CHECK(held(*store, file) == "##.#");
  REQUIRE(store->row(file.root()));
  CHECK(store->files() == std::vector{file.root()});
  CHECK(rig.loaded(*store, file, 3) == "right");
  CHECK(rig.loaded(*store, file, 2) == "nothing");
}

TEST_CASE("more on disk than is allowed by now goes, the longest unused first") {
  StoreRig rig;
  const auto a = MediaSample::of_chunks(3, 1);
  const auto b = MediaSample::of_chunks(3, 2);
  rig.disk->place(a, "###");
  rig.disk->place(b, "###");
  const auto store = rig.open(limits(4, 10));
  rig.time.turn();
  CHECK(held(*store, a) == "...");
  CHECK(held(*store, b) == "###");
  CHECK(rig.disk->drawing(a) == "...");
}

TEST_CASE("a chunk that is no more what it was is not held any longer") {
  StoreRig rig;
  const auto file = MediaSample::of_chunks(3);
  rig.disk->place(file, "###");
  rig.disk->damage(file, 1);
  const auto store = rig.open({});
  CHECK(held(*store, file) == "###");
  CHECK(rig.loaded(*store, file, 1) == "nothing");
  CHECK(held(*store, file) == "#.#");
  rig.put(*store, file, {1});
  rig.time.turn();
  CHECK(held(*store, file) == "###");
  CHECK(rig.loaded(*store, file, 1) == "right");
}

TEST_CASE("a load that nobody waits for any more tells nobody") {
  StoreRig rig;
  const auto file = MediaSample::of_chunks(2);
  rig.disk->place(file, "##");
  const auto store = rig.open({});
  bool called = false;
  auto job = store->load(file.root(), {0}, [&](const auto&) { called = true; });
  job.reset();
  rig.time.turn();
  CHECK_FALSE(called);
  job = store->load(file.root(), {0}, [&](const auto&) {
    job.reset();
    called = true;
  });
  rig.time.turn();
  CHECK(called);
}

TEST_CASE("only a file of which nothing is held, and that nobody uses, is forgotten") {
  StoreRig rig;
  const auto file = MediaSample::of_chunks(2);
  const auto store = rig.open({});
  store->discard_empty(file.root());
  store->add(file.row);
  store->pin(file.root());
  store->discard_empty(file.root());
  CHECK(store->row(file.root()));
  store->unpin(file.root());
  rig.put(*store, file, {0});
  store->discard_empty(file.root());
  CHECK(held(*store, file) == "#.");
  const auto other = MediaSample::of_chunks(2, 2);
  store->add(other.row);
  store->discard_empty(other.root());
  CHECK_FALSE(store->row(other.root()));
}
