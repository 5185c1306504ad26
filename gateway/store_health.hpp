#pragma once

#include "core/base/workers.hpp"
#include "core/time/clock.hpp"
#include "gateway/observer.hpp"
#include "gateway/storage.hpp"

#include <memory>
#include <string>

namespace alluvium::gateway {

/// Tries now and then whether the store can be written, so that an operator hears of a full disk
/// before something is lost to it. Owned by Gateway.
class StoreHealth {
 public:
  static constexpr Duration pause = std::chrono::seconds(10);
  /// A write that takes longer is trouble by itself.
  static constexpr Duration patience = std::chrono::seconds(30);

  /// Everything outlives it, the storage also the workers' last job.
  StoreHealth(const Clock& clock, Timers& timers, Workers& workers, Storage& storage,
              Observer& observer);

  /// What keeps the store from being written, as a sentence; empty while nothing does.
  [[nodiscard]] std::string problem() const;

 private:
  void check();
  void on_checked(const Status& written);

  const Clock& clock_;
  Workers& workers_;
  Storage& storage_;
  Observer& observer_;
  std::unique_ptr<Timer> timer_;
  std::unique_ptr<Job> job_;
  Instant begun_{};  ///< While there is a job.
  std::string problem_;
};

}  // namespace alluvium::gateway
