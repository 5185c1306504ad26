#pragma once

#include "core/base/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

#include <uv.h>

namespace alluvium::uv {

/// Bytes on their way to one TCP connection. What the kernel takes at once costs no allocation; the
/// rest is handed to libuv, which keeps the slices alive until they have left, also when the queue
/// is gone by then. An empty queue holds next to no memory. Owned by a connection, whose stream
/// outlives it.
class WriteQueue {
 public:
  class Observer {
   public:
    /// Bytes that had been handed over have left, or failed to (libuv's status); from the loop. It
    /// is time to `flush` again.
    virtual void on_written(int status) = 0;

   protected:
    ~Observer() = default;
  };

  WriteQueue(uv_stream_t* stream, Observer& observer) : stream_(stream), observer_(observer) {}
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
  int try_write(std::size_t& first);
  int hand_over();

  uv_stream_t* stream_;
  Observer& observer_;
  std::vector<Slice> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::uint64_t pushed_bytes_ = 0;
  Request* in_flight_ = nullptr;  ///< Owned by libuv.
};

}  // namespace alluvium::uv
