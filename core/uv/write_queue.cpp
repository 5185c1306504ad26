#include "core/uv/write_queue.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>
#include <vector>

namespace alluvium::uv {

namespace {

uv_buf_t to_buffer(const Slice& slice) {
  // libuv's buffers are not const, but writing does not change what they point to.
  auto* bytes = const_cast<std::uint8_t*>(slice.view().data());
  return uv_buf_init(reinterpret_cast<char*>(bytes), static_cast<unsigned int>(slice.size()));
}

}  // namespace

struct WriteQueue::Request {
  uv_write_t request;
  std::vector<Slice> slices;
  WriteQueue* queue;  ///< Null once the queue is gone.
};

WriteQueue::~WriteQueue() {
  if (in_flight_) in_flight_->queue = nullptr;
}

void WriteQueue::push(Slice bytes) {
  if (bytes.empty()) return;
  waiting_bytes_ += bytes.size();
  pushed_bytes_ += bytes.size();
  waiting_.push_back(std::move(bytes));
}

int WriteQueue::flush() {
  if (in_flight_) return 0;
  while (!waiting_.empty()) {
    const int result = try_write();
    if (result == UV_EAGAIN) return hand_over();
    if (result < 0) return result;
  }
  return 0;
}

int WriteQueue::try_write() {
  std::array<uv_buf_t, 64> buffers;
  const auto count = std::min(buffers.size(), waiting_.size());
  for (std::size_t i = 0; i < count; ++i) buffers[i] = to_buffer(waiting_[i]);
  const int result = uv_try_write(stream_, buffers.data(), static_cast<unsigned int>(count));
  if (result < 0) return result;
  auto left = static_cast<std::size_t>(result);
  waiting_bytes_ -= left;
  while (left > 0 && left >= waiting_.front().size()) {
    left -= waiting_.front().size();
    waiting_.pop_front();
  }
  if (left > 0) waiting_.front() = waiting_.front().part(left);
  return 0;
}

int WriteQueue::hand_over() {
  auto request = std::make_unique<Request>();
  request->slices.assign(waiting_.begin(), waiting_.end());
  request->queue = this;
  std::vector<uv_buf_t> buffers;
  buffers.reserve(request->slices.size());
  for (const auto& slice : request->slices) buffers.push_back(to_buffer(slice));
  const auto done = [](uv_write_t* written, int status) {
    const std::unique_ptr<Request> owned(reinterpret_cast<Request*>(written));
    WriteQueue* queue = owned->queue;
    if (!queue) return;
    queue->in_flight_ = nullptr;
    queue->on_written_(status);
  };
  const int result = uv_write(&request->request, stream_, buffers.data(),
                              static_cast<unsigned int>(buffers.size()), done);
  if (result < 0) return result;
  in_flight_ = request.release();
  waiting_.clear();
  waiting_bytes_ = 0;
  return 0;
}

std::size_t WriteQueue::queued_bytes() const {
  return waiting_bytes_ + (in_flight_ ? uv_stream_get_write_queue_size(stream_) : 0);
}

}  // namespace alluvium::uv
