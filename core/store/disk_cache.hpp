#pragma once

#include "core/base/result.hpp"
#include "core/store/disk.hpp"

#include <memory>
#include <string>

struct stat;

namespace alluvium::store {

/// A folder as Disk. For a file with root R: `<hex R>.row` (length, then the leaf row; written
/// first, atomically), `<hex R>.chunks` (the file itself, with holes), `<hex R>.held` (a byte a
/// chunk, written after the chunk, so that a killed program never claims what it has not written).
/// Records: `<hex of the key's hash>.record`. Names come from hashes alone; links are not followed;
/// the folder is the owner's only. One program at a time: `lock` is held while this lives.
/// Stateless beyond that, hence safe from any thread.
class DiskCache final : public Disk {
 public:
  /// Makes the folder, and its parents, if missing. The error says whether it cannot be written or
  /// is in use by another program.
  static Result<std::unique_ptr<DiskCache>> open(const std::string& folder);
  ~DiskCache() override;

  std::vector<FileOnDisk> load() override;
  Status write(const hash::LeafRow& row, hash::ChunkIndex index, ByteView chunk) override;
  std::optional<Bytes> read(const hash::LeafRow& row, hash::ChunkIndex index) override;
  void remove(const hash::TreeRoot& root) override;
  Status write_record(std::string_view key, std::string_view text) override;
  std::optional<std::string> read_record(std::string_view key) override;

 private:
  DiskCache(int folder, int lock) : folder_(folder), lock_(lock) {}
  Status write_atomically(const std::string& name, ByteView bytes);
  std::optional<Bytes> read_whole(const std::string& name, std::uint64_t limit);
  std::optional<FileOnDisk> load_file(const hash::TreeRoot& root);
  /// False for what is missing, a link or anything else but a file.
  bool is_ordinary(const hash::TreeRoot& root, std::string_view ending, struct stat& status) const;

  int folder_;
  int lock_;
};

}  // namespace alluvium::store
