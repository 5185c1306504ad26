#include "core/uv/write_queue.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace alluvium::uv {

namespace {

/// An empty queue keeps the room for so many slices: what is sent every second is not allocated
/// anew.
constexpr std::size_t kept_room = 8;

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
  if (in_flight_ || waiting_.empty()) return 0;
  std::size_t first = 0;
  int result = 0;
  while (result == 0 && first < waiting_.size()) result = try_write(first);
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(first));
  if (result == UV_EAGAIN) return hand_over();
  if (waiting_.empty() && waiting_.capacity() > kept_room) waiting_ = {};
  return result;
}

/// Writes from the slice `first` on and moves that to the first that has not left whole. UV_EAGAIN:
/// the kernel takes no more.
int WriteQueue::try_write(std::size_t& first) {
  std::array<uv_buf_t, 64> buffers;
  const auto count = std::min(buffers.size(), waiting_.size() - first);
  std::size_t offered = 0;
  for (std::size_t i = 0; i < count; ++i) {
    buffers[i] = to_buffer(waiting_[first + i]);
    offered += buffers[i].len;
  }
  const int result = uv_try_write(stream_, buffers.data(), static_cast<unsigned int>(count));
  if (result < 0) return result;
  const auto taken = static_cast<std::size_t>(result);
  waiting_bytes_ -= taken;
  auto left = taken;
  while (left > 0 && left >= waiting_[first].size()) left -= waiting_[first++].size();
  if (left > 0) waiting_[first] = waiting_[first].part(left);
  return taken < offered ? UV_EAGAIN : 0;
}

int WriteQueue::hand_over() {
  auto request = std::make_unique<Request>();
  request->slices = std::exchange(waiting_, {});
  request->queue = this;
  waiting_bytes_ = 0;
  std::vector<uv_buf_t> buffers;
  buffers.reserve(request->slices.size());
  for (const auto& slice : request->slices) buffers.push_back(to_buffer(slice));
  const auto done = [](uv_write_t* written, int status) {
    const std::unique_ptr<Request> owned(reinterpret_cast<Request*>(written));
    WriteQueue* queue = owned->queue;
    if (!queue) return;
    queue->in_flight_ = nullptr;
    queue->observer_.on_written(status);
  };
  const int result = uv_write(&request->request, stream_, buffers.data(),
                              static_cast<unsigned int>(buffers.size()), done);
  if (result < 0) return result;
  in_flight_ = request.release();
  return 0;
}

std::size_t WriteQueue::queued_bytes() const {
  return waiting_bytes_ + (in_flight_ ? uv_stream_get_write_queue_size(stream_) : 0);
}

}  // namespace alluvium::uv
