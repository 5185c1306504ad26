#pragma once

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"
#include "core/hash/tree.hpp"
#include "core/store/chunk_map.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alluvium::store {

/// What a disk still has of one file. The map is advice: every chunk is verified when it is read.
struct FileOnDisk {
  std::shared_ptr<const hash::LeafRow> row;
  ChunkMap map;
};

/// Where verified chunks outlive the program. Calls block, may come from several threads at once,
/// and never throw. Implementations: DiskCache, and none at all.
class Disk {
 public:
  virtual ~Disk() = default;

  /// Everything usable, the longest unused first. Damaged files are removed.
  [[nodiscard]] virtual std::vector<FileOnDisk> load() = 0;
  [[nodiscard]] virtual Status write(const hash::LeafRow& row, hash::ChunkIndex index,
                                     ByteView chunk) = 0;
  /// Verified; nothing if it is missing or not what it should be.
  [[nodiscard]] virtual std::optional<Bytes> read(const hash::LeafRow& row,
                                                  hash::ChunkIndex index) = 0;
  virtual void remove(const hash::TreeRoot& root) = 0;

  /// Small texts under a key of any kind: the last good playlist, what is known of a file.
  [[nodiscard]] virtual Status write_record(std::string_view key, std::string_view text) = 0;
  [[nodiscard]] virtual std::optional<std::string> read_record(std::string_view key) = 0;
};

}  // namespace alluvium::store
