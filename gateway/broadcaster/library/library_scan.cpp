#include "gateway/broadcaster/library/library_scan.hpp"

#include "gateway/broadcaster/library/catalogue.hpp"
#include "gateway/broadcaster/library/measure.hpp"
#include "gateway/broadcaster/library/sidecars.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

namespace alluvium::broadcaster {

namespace fs = std::filesystem;

namespace {

using namespace std::chrono_literals;

/// File systems that count in two seconds are the coarsest: a change within that of another one
/// may not show.
bool is_long_unchanged(const FileStamp& stamp) {
  const fs::file_time_type modified{fs::file_time_type::duration(stamp.modified)};
  return fs::file_time_type::clock::now() - modified > 2s;
}

bool has_sidecars(const FoundFile& file) {
  std::error_code error;
  const auto row_bytes = fs::file_size(file.path.string() + ".thex", error);
  return !error && row_bytes == hash::leaf_row_bytes(file.stamp.length) &&
         fs::exists(file.path.string() + ".thex.json", error);
}

LibraryEntry measured_entry(const FoundFile& found) {
  LibraryEntry entry;
  entry.file.name = found.name;
  const bool can_be_kept = is_long_unchanged(found.stamp);
  auto measured = measure(found);
  if (measured) {
    write_sidecars(found.path, measured->row, measured->facts);
    entry.file = std::move(measured->file);
    entry.notes = std::move(measured->notes);
  } else {
    entry.problem = measured.error().message;
  }
  entry.stamp.length = found.stamp.length;
  if (can_be_kept && stamp_of(found.path) == found.stamp) entry.stamp = found.stamp;
  return entry;
}

/// Files on their way through several threads. What the threads share is behind the mutex, but for
/// the entries: each is written by the one thread that took it, and read after it was reported.
class Scan {
 public:
  Scan(const std::vector<FoundFile>& files, const ScanOptions& options, Console& console)
      : files_(files), options_(options), console_(console), entries_(files.size()) {}

  std::deque<LibraryEntry> run();

 private:
  void take_what_is_known();
  void work();
  void measure_pending();
  void keep();

  const std::vector<FoundFile>& files_;
  const ScanOptions& options_;
  Console& console_;
  std::deque<LibraryEntry> entries_;
  std::vector<char> is_known_;        ///< Of each file.
  std::vector<std::size_t> pending_;  ///< Indices of those to measure.

  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t begun_ = 0;    ///< Of the pending ones.
  std::size_t running_ = 0;  ///< Threads.
  std::exception_ptr failure_;
};

void Scan::take_what_is_known() {
  is_known_.assign(files_.size(), 0);
  CatalogueReader known(options_.forgets ? fs::path() : options_.catalogue);
  for (std::size_t i = 0; i < files_.size(); ++i) {
    auto entry = known.take(files_[i]);
    if (entry && (!entry->can_be_broadcast() || has_sidecars(files_[i]))) {
      entries_[i] = std::move(*entry);
      is_known_[i] = 1;
    } else {
      pending_.push_back(i);
    }
  }
}

void Scan::work() {
  std::unique_lock lock(mutex_);
  while (begun_ < pending_.size() && !failure_) {
    const std::size_t i = pending_[begun_++];
    console_.progress(begun_, pending_.size(), files_[i].name);
    lock.unlock();
    std::exception_ptr failure;
    try {
      entries_[i] = measured_entry(files_[i]);
    } catch (...) {
      failure = std::current_exception();
    }
    lock.lock();
    is_known_[i] = failure ? 0 : 1;
    if (failure && !failure_) failure_ = failure;
  }
  --running_;
  changed_.notify_one();
}

void Scan::measure_pending() {
  const std::size_t wanted =
      options_.jobs != 0 ? options_.jobs : std::max(1U, std::thread::hardware_concurrency());
  running_ = std::min(wanted, pending_.size());
  std::vector<std::jthread> threads;
  for (std::size_t i = running_; i > 0; --i) threads.emplace_back([this] { work(); });
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, 60s, [this] { return running_ == 0; })) {
    if (failure_) continue;
    try {
      keep();
    } catch (...) {
      failure_ = std::current_exception();
    }
  }
}

void Scan::keep() {
  std::size_t i = 0;
  write_catalogue(options_.catalogue, [&]() -> const LibraryEntry* {
    while (i < entries_.size() && (is_known_[i] == 0 || entries_[i].stamp.modified == 0)) ++i;
    return i < entries_.size() ? &entries_[i++] : nullptr;
  });
}

std::deque<LibraryEntry> Scan::run() {
  take_what_is_known();
  measure_pending();
  console_.end_progress();
  if (!pending_.empty() || options_.forgets) keep();
  if (failure_) std::rethrow_exception(failure_);
  return std::move(entries_);
}

}  // namespace

std::deque<LibraryEntry> scan_library(const std::vector<FoundFile>& files,
                                      const ScanOptions& options, Console& console) {
  return Scan(files, options, console).run();
}

fs::path catalogue_of(const fs::path& playlist) {
  return playlist.parent_path() / ("." + playlist.filename().string() + ".library");
}

}  // namespace alluvium::broadcaster
