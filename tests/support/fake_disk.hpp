#pragma once

#include "core/store/disk.hpp"
#include "tests/support/media_sample.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace alluvium::test {

/// A disk in memory that fails and lies when it is told to.
class FakeDisk final : public store::Disk {
 public:
  /// Had from an earlier run; what is placed later was used later.
  void place(const MediaSample& file, std::string_view drawing) {
    order_.push_back(file.row);
    for (std::uint32_t i = 0; i < drawing.size(); ++i) {
      if (drawing[i] == '#') chunks_[{file.root(), {i}}] = to_bytes(file.chunk(i).view());
    }
  }
  void damage(const MediaSample& file, std::uint32_t index) {
    chunks_.at({file.root(), {index}})[0] ^= 1;
  }
  /// Writing fails from now on; works again with an empty text.
  void fail_with(std::string message) { failure_ = std::move(message); }
  [[nodiscard]] std::string drawing(const MediaSample& file) const {
    return map_of(*file.row).drawing();
  }

  std::vector<store::FileOnDisk> load() override {
    std::vector<store::FileOnDisk> files;
    for (const auto& row : order_) files.push_back({row, map_of(*row)});
    return files;
  }
  Status write(const hash::LeafRow& row, hash::ChunkIndex index, ByteView chunk) override {
    if (!failure_.empty()) return Error{failure_};
    chunks_[{row.root(), index}] = to_bytes(chunk);
    return {};
  }
  std::optional<Bytes> read(const hash::LeafRow& row, hash::ChunkIndex index) override {
    const auto found = chunks_.find({row.root(), index});
    if (found == chunks_.end() || !row.verifies(index, found->second)) return std::nullopt;
    return found->second;
  }
  void remove(const hash::TreeRoot& root) override {
    std::erase_if(chunks_, [&](const auto& entry) { return entry.first.first == root; });
  }
  Status write_record(std::string_view key, std::string_view text) override {
    if (!failure_.empty()) return Error{failure_};
    records_.insert_or_assign(std::string(key), std::string(text));
    return {};
  }
  std::optional<std::string> read_record(std::string_view key) override {
    const auto found = records_.find(key);
    if (found == records_.end()) return std::nullopt;
    return found->second;
  }

 private:
  [[nodiscard]] store::ChunkMap map_of(const hash::LeafRow& row) const {
    store::ChunkMap map(row.layout().count());
    for (const auto& [key, chunk] : chunks_) {
      if (key.first == row.root()) map.set(key.second);
    }
    return map;
  }

  std::vector<std::shared_ptr<const hash::LeafRow>> order_;
  std::map<std::pair<hash::TreeRoot, hash::ChunkIndex>, Bytes> chunks_;
  std::map<std::string, std::string, std::less<>> records_;
  std::string failure_;
};

}  // namespace alluvium::test
