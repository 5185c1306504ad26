#pragma once

#include "gateway/latency.hpp"
#include "gateway/storage.hpp"

#include <memory>
#include <mutex>
#include <utility>

namespace alluvium::gateway {

/// A storage of which it is known how long it takes. Owned by `main`.
class TimedStorage final : public Storage {
 public:
  struct Latencies {
    Latency load;
    Latency find;
    Latency save;
    Latency try_write;
  };

  explicit TimedStorage(std::unique_ptr<Storage> storage) : storage_(std::move(storage)) {}

  Contents load() override;
  std::optional<FileVersion> find(const hash::TreeRoot& root) override;
  Status save(const FileVersion& file) override;
  Status try_write() override;

  /// On any thread.
  [[nodiscard]] Latencies latencies() const;

 private:
  template <typename Call>
  auto timed(Latency Latencies::*which, const Call& call);

  const std::unique_ptr<Storage> storage_;
  mutable std::mutex mutex_;
  Latencies latencies_;
};

}  // namespace alluvium::gateway
