#pragma once

#include "core/store/store.hpp"
#include "tests/support/fake_disk.hpp"
#include "tests/support/media_sample.hpp"
#include "tests/support/virtual_time.hpp"

#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

namespace alluvium::test {

/// A store's surroundings: a disk that keeps what it is given, workers that take no time.
struct StoreRig {
  VirtualTime time;
  VirtualWorkers workers{time};
  std::shared_ptr<FakeDisk> disk = std::make_shared<FakeDisk>();
  std::vector<std::string> troubles;

  std::unique_ptr<store::Store> open(store::StoreLimits limits) {
    return std::make_unique<store::Store>(
        workers, disk, limits, [this](const std::string& text) { troubles.push_back(text); });
  }
  std::unique_ptr<store::Store> open_without_disk(std::uint64_t memory_chunks) {
    return std::make_unique<store::Store>(workers, nullptr,
                                          store::StoreLimits{0, memory_chunks * hash::chunk_bytes});
  }
  void put(store::Store& store, const MediaSample& file,
           std::initializer_list<std::uint32_t> chunks) {
    for (const auto i : chunks) store.put(file.root(), {i}, file.chunk(i));
  }
  std::string loaded(store::Store& store, const MediaSample& file, std::uint32_t index) {
    std::string result = "not called";
    const auto job = store.load(file.root(), {index}, [&](std::optional<Slice> chunk) {
      result = !chunk ? "nothing" : file.is_chunk(index, chunk->view()) ? "right" : "wrong";
    });
    CHECK(result == "not called");
    time.turn();
    return result;
  }
};

inline store::StoreLimits limits(std::uint64_t disk_chunks, std::uint64_t memory_chunks) {
  return {disk_chunks * hash::chunk_bytes, memory_chunks * hash::chunk_bytes};
}

inline std::string held(const store::Store& store, const MediaSample& file) {
  return store.held(file.root()).drawing();
}

}  // namespace alluvium::test
