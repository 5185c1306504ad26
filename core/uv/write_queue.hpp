#pragma once

#include "core/base/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>

#include <uv.h>

namespace alluvium::uv {

/// Bytes on their way to one TCP connection. What the kernel takes at once costs no allocation; the
/// rest is handed to libuv, which keeps the slices alive until they have left, also when the queue
/// is gone by then. Owned by a connection, whose stream outlives it.
class WriteQueue {
 public:
  /// `on_written` is called from the loop, with libuv's status, whenever handed-over bytes have
  /// left; then it is time to `flush` again.
  WriteQueue(uv_stream_t* stream, std::function<void(int status)> on_written)
      : stream_(stream), on_written_(std::move(on_written)) {}
  ~WriteQueue();
  WriteQueue(const WriteQueue&) = delete;
  WriteQueue& operator=(const WriteQueue&) = delete;

  void push(Slice bytes);
  /// Writes what can be written. Returns libuv's error, or 0. Calls nobody.
  int flush();

  /// Pushed, but not taken by the kernel yet.
  [[nodiscard]] std::size_t queued_bytes() const;
  [[nodiscard]] bool empty() const { return waiting_.empty() && !in_flight_; }
  /// Taken by the kernel since the beginning.
  [[nodiscard]] std::uint64_t sent_bytes() const { return pushed_bytes_ - queued_bytes(); }

 private:
  struct Request;
  int try_write();
  int hand_over();

  uv_stream_t* stream_;
  std::function<void(int)> on_written_;
  std::deque<Slice> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::uint64_t pushed_bytes_ = 0;
  Request* in_flight_ = nullptr;  ///< Owned by libuv.
};

}  // namespace alluvium::uv
