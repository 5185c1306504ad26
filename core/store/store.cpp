#include "core/store/store.hpp"

#include <algorithm>

namespace alluvium::store {

using hash::ChunkIndex;
using hash::TreeRoot;

namespace {

/// Chunks wait for a slow disk in memory; beyond this they are kept in memory only.
constexpr std::size_t max_waiting_tasks = 1'024;

}  // namespace

Store::Store(Workers& workers, std::shared_ptr<Disk> disk, StoreLimits limits,
             std::function<void(const std::string&)> on_disk_trouble)
    : workers_(workers),
      disk_(std::move(disk)),
      limits_(limits),
      on_disk_trouble_(std::move(on_disk_trouble)) {
  if (!disk_) return;
  for (FileOnDisk& found : disk_->load()) {
    File& file = files_[found.row->root()];
    file.row = std::move(found.row);
    file.held = found.map;
    file.on_disk = std::move(found.map);
    file.last_used = ++uses_;
    disk_chunks_ += file.on_disk.count();
    loaded_bytes_ += file.on_disk.count() * hash::chunk_bytes;
  }
  (void)make_room_on_disk();
}

void Store::add(std::shared_ptr<const hash::LeafRow> row) {
  File& file = files_[row->root()];
  file.last_used = ++uses_;
  if (file.row) return;
  file.held = ChunkMap(row->layout().count());
  file.on_disk = file.held;
  file.row = std::move(row);
}

void Store::discard_empty(const TreeRoot& root) {
  const auto found = files_.find(root);
  if (found == files_.end()) return;
  if (found->second.pins == 0 && found->second.held.count() == 0) files_.erase(found);
}

std::shared_ptr<const hash::LeafRow> Store::row(const TreeRoot& root) const {
  const auto found = files_.find(root);
  return found == files_.end() ? nullptr : found->second.row;
}

const ChunkMap& Store::held(const TreeRoot& root) const {
  static const ChunkMap nothing;
  const auto found = files_.find(root);
  return found == files_.end() ? nothing : found->second.held;
}

std::vector<TreeRoot> Store::files() const {
  std::vector<TreeRoot> roots;
  for (const auto& [root, file] : files_) {
    if (file.held.count() > 0) roots.push_back(root);
  }
  return roots;
}

void Store::pin(const TreeRoot& root) {
  ++files_.at(root).pins;
}

void Store::unpin(const TreeRoot& root) {
  --files_.at(root).pins;
}

void Store::put(const TreeRoot& root, ChunkIndex index, Slice chunk) {
  const auto found = files_.find(root);
  if (found == files_.end() || found->second.held.has(index)) return;
  File& file = found->second;
  file.held.set(index);
  file.last_used = ++uses_;
  remember(file, index, chunk);
  write_behind(root, index, chunk);
  trim_memory();
}

void Store::remember(File& file, ChunkIndex index, Slice chunk) {
  if (file.memory.contains(index)) return;
  memory_bytes_ += chunk.size();
  const auto age = ages_.insert(ages_.end(), Key{file.row->root(), index});
  file.memory.emplace(index, InMemory{std::move(chunk), age});
}

void Store::trim_memory() {
  // What the disk has as well costs nothing to lose; the rest only if there must be room.
  enum class Round { on_disk, unpinned, all };
  for (const Round round : {Round::on_disk, Round::unpinned, Round::all}) {
    for (auto age = ages_.begin(); age != ages_.end() && memory_bytes_ > limits_.memory_bytes;) {
      const Key key = *age++;
      File& file = files_.at(key.first);
      if (round == Round::on_disk && !file.on_disk.has(key.second)) continue;
      if (round == Round::unpinned && file.pins > 0) continue;
      const auto entry = file.memory.find(key.second);
      memory_bytes_ -= entry->second.bytes.size();
      ages_.erase(entry->second.age);
      file.memory.erase(entry);
      drop_if_nowhere(file, key.second);
    }
  }
}

void Store::drop_if_nowhere(File& file, ChunkIndex index) {
  if (!file.on_disk.has(index) && !file.memory.contains(index)) file.held.clear(index);
}

bool Store::has_room() const {
  const std::uint64_t next = hash::chunk_bytes;
  if (memory_bytes_ + next <= limits_.memory_bytes) return true;
  const bool memory_can_yield = std::any_of(ages_.begin(), ages_.end(), [this](const Key& key) {
    const File& file = files_.at(key.first);
    return file.pins == 0 || file.on_disk.has(key.second);
  });
  if (memory_can_yield) return true;
  if (!disk_ || disk_failing_) return false;
  if (disk_chunks_ * hash::chunk_bytes + next <= limits_.disk_bytes) return true;
  return std::any_of(files_.begin(), files_.end(), [](const auto& entry) {
    return entry.second.pins == 0 && entry.second.on_disk.count() > 0;
  });
}

std::optional<Slice> Store::in_memory(const TreeRoot& root, ChunkIndex index) {
  const auto found = files_.find(root);
  if (found == files_.end()) return std::nullopt;
  const auto entry = found->second.memory.find(index);
  if (entry == found->second.memory.end()) return std::nullopt;
  ages_.splice(ages_.end(), ages_, entry->second.age);
  found->second.last_used = ++uses_;
  return entry->second.bytes;
}

std::unique_ptr<Job> Store::load(const TreeRoot& root, ChunkIndex index,
                                 std::function<void(std::optional<Slice>)> on_done) {
  struct Read {
    std::shared_ptr<Disk> disk;
    std::shared_ptr<const hash::LeafRow> row;
    std::optional<Slice> chunk;
  };
  auto read = std::make_shared<Read>(Read{disk_, row(root), in_memory(root, index)});
  return workers_.run(
      [read, index] {
        if (read->chunk || !read->disk || !read->row) return;
        if (auto bytes = read->disk->read(*read->row, index))
          read->chunk = Slice(std::move(*bytes));
      },
      [this, read, root, index, on_done = std::move(on_done)] {
        const auto found = files_.find(root);
        if (found != files_.end()) {
          File& file = found->second;
          file.last_used = ++uses_;
          if (read->chunk && file.held.has(index)) {
            remember(file, index, *read->chunk);
            trim_memory();
          } else if (!read->chunk && file.on_disk.has(index)) {
            file.on_disk.clear(index);
            --disk_chunks_;
            drop_if_nowhere(file, index);
          }
        }
        on_done(read->chunk);
      });
}

void Store::write_behind(const TreeRoot& root, ChunkIndex index, const Slice& chunk) {
  if (!disk_ || tasks_.size() >= max_waiting_tasks || !make_room_on_disk()) return;
  ++disk_chunks_;
  const File& file = files_.at(root);
  enqueue(
      {[row = file.row, index, chunk](Disk& disk) { return disk.write(*row, index, chunk.view()); },
       [this, key = Key{root, index}, evictions = file.evictions](const Status& status) {
         on_written(key, evictions, status);
       }});
}

void Store::on_written(const Key& key, unsigned evictions, const Status& status) {
  const auto found = files_.find(key.first);
  const bool is_there = status && found != files_.end() && found->second.evictions == evictions;
  if (is_there && !found->second.on_disk.has(key.second)) {
    found->second.on_disk.set(key.second);
    // Memory may have lost it in the meantime.
    found->second.held.set(key.second);
  } else {
    --disk_chunks_;
  }
  if (status.ok() == disk_failing_ && on_disk_trouble_) {
    on_disk_trouble_(status ? std::string() : status.error().message);
  }
  disk_failing_ = !status.ok();
  trim_memory();
}

bool Store::make_room_on_disk() {
  while ((disk_chunks_ + 1) * hash::chunk_bytes > limits_.disk_bytes) {
    File* oldest = nullptr;
    for (auto& [root, file] : files_) {
      if (file.pins > 0 || file.on_disk.count() == 0) continue;
      if (oldest == nullptr || file.last_used < oldest->last_used) oldest = &file;
    }
    if (oldest == nullptr) return false;
    remove_from_disk(*oldest);
  }
  return true;
}

void Store::remove_from_disk(File& file) {
  disk_chunks_ -= file.on_disk.count();
  ++file.evictions;
  const ChunkMap was = file.on_disk;
  file.on_disk = ChunkMap(was.size());
  for (ChunkIndex i{0}; i.value < was.size(); ++i) {
    if (was.has(i)) drop_if_nowhere(file, i);
  }
  enqueue({[root = file.row->root()](Disk& disk) {
             disk.remove(root);
             return Status();
           },
           {}});
}

void Store::write_record(std::string key, std::string text) {
  if (!disk_) return;
  enqueue({[key = std::move(key), text = std::move(text)](Disk& disk) {
             return disk.write_record(key, text);
           },
           {}});
}

std::optional<std::string> Store::read_record(std::string_view key) const {
  return disk_ ? disk_->read_record(key) : std::nullopt;
}

void Store::settle(std::function<void()> on_settled) {
  if (!disk_) return on_settled();
  // Tasks are done one after the other.
  enqueue({[](Disk&) { return Status(); },
           [on_settled = std::move(on_settled)](const Status&) { on_settled(); }});
}

void Store::enqueue(DiskTask task) {
  tasks_.push_back(std::move(task));
  if (!running_) run_next_task();
}

void Store::run_next_task() {
  if (tasks_.empty()) {
    running_.reset();
    return;
  }
  struct Run {
    DiskTask task;
    std::shared_ptr<Disk> disk;
    Status status;
  };
  auto run = std::make_shared<Run>(Run{std::move(tasks_.front()), disk_, {}});
  tasks_.pop_front();
  running_ = workers_.run([run] { run->status = run->task.work(*run->disk); },
                          [this, run] {
                            if (run->task.on_done) run->task.on_done(run->status);
                            run_next_task();
                          });
}

}  // namespace alluvium::store
