#include "core/uv/handle.hpp"
#include "core/uv/loop.hpp"

#include <utility>

namespace alluvium::uv {

namespace {

class UvJob;

/// Belongs to libuv until the work has ended, then to the loop's callback.
struct WorkRequest {
  uv_work_t request;
  std::function<void()> work;
  std::function<void()> on_done;
  UvJob* job = nullptr;  ///< Null once nobody waits.
};

class UvJob final : public Job {
 public:
  explicit UvJob(WorkRequest& request) : request_(&request) { request.job = this; }
  ~UvJob() override {
    if (!request_) return;
    request_->job = nullptr;
    // Fails for work that has begun, which then runs on unheard.
    uv_cancel(reinterpret_cast<uv_req_t*>(&request_->request));
  }
  void forget_request() { request_ = nullptr; }

 private:
  WorkRequest* request_;
};

void finish(uv_work_t* request, int /*status*/) {
  const std::unique_ptr<WorkRequest> owned(reinterpret_cast<WorkRequest*>(request));
  if (!owned->job) return;
  owned->job->forget_request();
  owned->on_done();
}

}  // namespace

std::unique_ptr<Job> Loop::run(std::function<void()> work, std::function<void()> on_done) {
  auto request = std::make_unique<WorkRequest>();
  request->work = std::move(work);
  request->on_done = std::move(on_done);
  auto job = std::make_unique<UvJob>(*request);
  uv_queue_work(
      loop_.get(), &request->request,
      [](uv_work_t* r) { reinterpret_cast<WorkRequest*>(r)->work(); }, finish);
  static_cast<void>(request.release());
  return job;
}

}  // namespace alluvium::uv
