#include "tests/core/store/store_rig.hpp"

using namespace alluvium;
using namespace alluvium::test;

TEST_CASE("records go to the disk, and nowhere without one") {
  StoreRig rig;
  const auto store = rig.open({});
  store->write_record("key", "text");
  rig.time.turn();
  CHECK(store->read_record("key") == "text");
  CHECK(store->read_record("other") == std::nullopt);
  const auto memory = rig.open_without_disk(1);
  memory->write_record("key", "text");
  rig.time.turn();
  CHECK(memory->read_record("key") == std::nullopt);
}

TEST_CASE("a store says when the disk has all it was given") {
  StoreRig rig;
  rig.workers.set_duration(std::chrono::seconds(1));
  const auto file = MediaSample::of_chunks(2);
  const auto store = rig.open({});
  store->add(file.row);
  rig.put(*store, file, {0, 1});
  std::string drawing;
  store->settle([&] { drawing = rig.disk->drawing(file); });
  CHECK(drawing.empty());
  rig.time.run_for(std::chrono::seconds(5));
  CHECK(drawing == "##");
  bool is_settled = false;
  rig.open_without_disk(1)->settle([&] { is_settled = true; });
  CHECK(is_settled);
}

TEST_CASE("a store may go while the disk is at work") {
  StoreRig rig;
  rig.workers.set_duration(std::chrono::seconds(1));
  const auto file = MediaSample::of_chunks(2);
  auto store = rig.open({});
  store->add(file.row);
  rig.put(*store, file, {0, 1});
  store.reset();
  rig.time.run_for(std::chrono::seconds(5));
}
