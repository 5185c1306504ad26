#pragma once

#include "core/base/workers.hpp"
#include "core/uv/handle.hpp"
#include "core/uv/loop.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace alluvium::uv {

struct ChildLimits {
  Duration time;
  std::size_t output_bytes;
};

/// Another process at work for us: what it says on its standard output until it ends. It has no
/// standard input, and its standard error is not heard. One that takes longer or says more than its
/// limits is killed, and so is one whose Child is destroyed: nothing that it does can last longer
/// or take more of this process than that.
class Child final : public Job {
 public:
  /// What it said, perhaps not all that it meant to; nothing if it could not be started. Once,
  /// never before the constructor has returned; the Child may be destroyed in it.
  using OnEnd = std::function<void(std::string output)>;

  /// `command`: the program's path and its arguments.
  Child(Loop& loop, const std::vector<std::string>& command, ChildLimits limits, OnEnd on_end);
  ~Child() override;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

 private:
  struct Process {
    uv_process_t handle;
    Child* child;
  };
  struct Output {
    uv_pipe_t handle;
    Child* child;
    std::array<char, 4096> buffer;
  };

  static void on_exit(uv_process_t* process, std::int64_t status, int signal);
  static void on_read(uv_stream_t* stream, ssize_t count, const uv_buf_t* buffer);
  [[nodiscard]] bool start(const std::vector<std::string>& command);
  void kill();
  void end_if_over();

  OnEnd on_end_;
  std::size_t max_output_;
  HandleOwner<Process> process_;
  HandleOwner<Output> output_;
  std::unique_ptr<Timer> limit_;
  std::string said_;
  bool is_running_ = false;
  bool is_open_ = false;  ///< More may come of what it says.
};

}  // namespace alluvium::uv
