#include "gateway/timed_storage.hpp"

#include <chrono>

namespace alluvium::gateway {

template <typename Call>
auto TimedStorage::timed(Latency Latencies::*which, const Call& call) {
  using Clock = std::chrono::steady_clock;
  const auto began = Clock::now();
  auto result = call();
  const auto taken = std::chrono::duration_cast<Duration>(Clock::now() - began);
  const std::lock_guard lock(mutex_);
  (latencies_.*which).add(taken);
  return result;
}

Storage::Contents TimedStorage::load() {
  return timed(&Latencies::load, [&] { return storage_->load(); });
}

std::optional<FileVersion> TimedStorage::find(const hash::TreeRoot& root) {
  return timed(&Latencies::find, [&] { return storage_->find(root); });
}

Status TimedStorage::save(const FileVersion& file) {
  return timed(&Latencies::save, [&] { return storage_->save(file); });
}

Status TimedStorage::try_write() {
  return timed(&Latencies::try_write, [&] { return storage_->try_write(); });
}

TimedStorage::Latencies TimedStorage::latencies() const {
  const std::lock_guard lock(mutex_);
  return latencies_;
}

}  // namespace alluvium::gateway
