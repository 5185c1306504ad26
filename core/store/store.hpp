#pragma once

#include "core/base/bytes.hpp"
#include "core/base/workers.hpp"
#include "core/hash/tree.hpp"
#include "core/store/chunk_map.hpp"
#include "core/store/disk.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace alluvium::store {

struct StoreLimits {
  std::uint64_t disk_bytes = std::uint64_t{1} << 30;
  std::uint64_t memory_bytes = std::uint64_t{32} << 20;
};

/// The verified chunks this program has, in memory and on disk, of all files by the root of their
/// tree. A chunk is held from `put` on and stays held until both places have lost it: the longest
/// unused file leaves the disk when that is full, the longest unused chunks leave memory once they
/// are on disk, or, where there is no working disk, when memory is full. Pinned files are evicted
/// last, from disk never. What is read from disk is verified again; what fails is no longer held,
/// so whoever asks `held` fetches it anew.
class Store {
 public:
  /// `disk` may be null: memory only. `on_disk_trouble` hears of write errors, with an empty text
  /// once writing works again.
  Store(Workers& workers, std::shared_ptr<Disk> disk, StoreLimits limits,
        std::function<void(const std::string&)> on_disk_trouble = {});

  /// Makes a file known; idempotent.
  void add(std::shared_ptr<const hash::LeafRow> row);
  /// Makes an unpinned file of which nothing is held unknown again, so that another row may be
  /// tried.
  void discard_empty(const hash::TreeRoot& root);
  /// The row of a known file, else null.
  [[nodiscard]] std::shared_ptr<const hash::LeafRow> row(const hash::TreeRoot& root) const;
  /// What is held of a file; empty map if it is not known. Valid until the next call that changes.
  [[nodiscard]] const ChunkMap& held(const hash::TreeRoot& root) const;
  /// All known files of which something is held, in the order of their roots.
  [[nodiscard]] std::vector<hash::TreeRoot> files() const;

  /// Evicted only when nothing else is left. Counts: each pin needs its unpin.
  void pin(const hash::TreeRoot& root);
  void unpin(const hash::TreeRoot& root);

  /// Takes a chunk that the caller has verified against the file's row.
  void put(const hash::TreeRoot& root, hash::ChunkIndex index, Slice chunk);

  /// The chunk, if it is in memory.
  [[nodiscard]] std::optional<Slice> in_memory(const hash::TreeRoot& root, hash::ChunkIndex index);
  /// Brings a held chunk into memory. Calls back once, never before it has returned: with nothing
  /// if the disk does not have it any more. Destroying the job cancels.
  [[nodiscard]] std::unique_ptr<Job> load(const hash::TreeRoot& root, hash::ChunkIndex index,
                                          std::function<void(std::optional<Slice>)> on_done);

  /// Calls once when all that was handed to the disk before is there, or has failed.
  void settle(std::function<void()> on_settled);
  /// Small texts that outlive the program, if there is a disk. Reading blocks: for start-up and
  /// rare use.
  void write_record(std::string key, std::string text);
  [[nodiscard]] std::optional<std::string> read_record(std::string_view key) const;

  /// False when the next chunk would push out another one of a pinned file: fetch only what is
  /// urgent.
  [[nodiscard]] bool has_room() const;
  /// How much is kept: on disk, or, where there is none, in memory.
  [[nodiscard]] std::uint64_t capacity_bytes() const {
    return disk_ ? limits_.disk_bytes : limits_.memory_bytes;
  }
  /// Files that were on disk when the program started; those bytes cost nobody anything.
  [[nodiscard]] std::uint64_t loaded_bytes() const { return loaded_bytes_; }

 private:
  using Key = std::pair<hash::TreeRoot, hash::ChunkIndex>;
  struct InMemory {
    Slice bytes;
    std::list<Key>::iterator age;
  };
  struct File {
    std::shared_ptr<const hash::LeafRow> row;
    ChunkMap held;
    ChunkMap on_disk;
    std::map<hash::ChunkIndex, InMemory> memory;
    unsigned pins = 0;
    unsigned evictions = 0;  ///< How often it was removed from disk: earlier writes are void.
    std::uint64_t last_used = 0;
  };

  /// What the disk still has to do, in order, one at a time.
  struct DiskTask {
    std::function<Status(Disk&)> work;
    std::function<void(const Status&)> on_done;
  };

  void remember(File& file, hash::ChunkIndex index, Slice chunk);
  void trim_memory();
  bool make_room_on_disk();
  void remove_from_disk(File& file);
  void write_behind(const hash::TreeRoot& root, hash::ChunkIndex index, const Slice& chunk);
  void drop_if_nowhere(File& file, hash::ChunkIndex index);
  void enqueue(DiskTask task);
  void run_next_task();
  void on_written(const Key& key, unsigned evictions, const Status& status);

  Workers& workers_;
  std::shared_ptr<Disk> disk_;
  StoreLimits limits_;
  std::function<void(const std::string&)> on_disk_trouble_;
  std::map<hash::TreeRoot, File> files_;
  std::list<Key> ages_;  ///< Of the chunks in memory, longest unused first.
  std::uint64_t memory_bytes_ = 0;
  std::uint64_t disk_chunks_ = 0;  ///< Written or on their way.
  std::uint64_t loaded_bytes_ = 0;
  std::uint64_t uses_ = 0;
  std::deque<DiskTask> tasks_;
  std::unique_ptr<Job> running_;
  bool disk_failing_ = false;
};

}  // namespace alluvium::store
