#include "gateway/store_health.hpp"

#include "core/base/text.hpp"

#include <utility>

namespace alluvium::gateway {

StoreHealth::StoreHealth(const Clock& clock, Timers& timers, Workers& workers, Storage& storage,
                         Observer& observer)
    : clock_(clock),
      workers_(workers),
      storage_(storage),
      observer_(observer),
      timer_(timers.make_timer([this] { check(); })) {
  timer_->arm(Duration::zero());
}

std::string StoreHealth::problem() const {
  if (job_ && clock_.now() - begun_ >= patience) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(clock_.now() - begun_);
    return "the store has taken nothing for " + std::to_string(seconds.count()) + " s";
  }
  return problem_;
}

void StoreHealth::check() {
  begun_ = clock_.now();
  auto written = std::make_shared<Status>();
  job_ = workers_.run([&storage = storage_, written] { *written = storage.try_write(); },
                      [this, written] { on_checked(*written); });
}

void StoreHealth::on_checked(const Status& written) {
  const auto ended = std::move(job_);
  std::string problem;
  if (!written) problem = "the store cannot be written: " + printable(written.error().message);
  if (problem != std::exchange(problem_, problem)) observer_.on_store_trouble(problem);
  timer_->arm(pause);
}

}  // namespace alluvium::gateway
