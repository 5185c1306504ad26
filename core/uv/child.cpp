#include "core/uv/child.hpp"

#include <csignal>
#include <utility>

#include <sys/wait.h>

namespace alluvium::uv {

Child::Child(Loop& loop, const std::vector<std::string>& command, ChildLimits limits, OnEnd on_end)
    : on_end_(std::move(on_end)), max_output_(limits.output_bytes) {
  auto output = std::make_unique<Output>();
  output->child = this;
  require(uv_pipe_init(loop.handle(), &output->handle, 0), "cannot make a pipe");
  output_.reset(output.release());
  auto process = std::make_unique<Process>();
  process->child = this;
  process->handle.loop = loop.handle();
  // uv_spawn initialises the handle even if it fails.
  process_.reset(process.release());
  is_running_ = is_open_ = start(command);
  limit_ = loop.make_timer([this] {
    kill();
    end_if_over();
  });
  limit_->arm(is_running_ ? limits.time : Duration::zero());
}

Child::~Child() {
  const int pid = uv_process_get_pid(&process_->handle);
  kill();
  process_.reset();
  // libuv takes no notice of it any more. It has been killed, so this does not last.
  if (is_running_) waitpid(pid, nullptr, 0);
}

bool Child::start(const std::vector<std::string>& command) {
  std::vector<std::string> words = command;
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  std::array<uv_stdio_container_t, 3> streams{};
  streams[0].flags = streams[2].flags = UV_IGNORE;
  streams[1].flags = static_cast<uv_stdio_flags>(UV_CREATE_PIPE | UV_WRITABLE_PIPE);
  streams[1].data.stream = reinterpret_cast<uv_stream_t*>(&output_->handle);
  uv_process_options_t options{};
  options.file = arguments.front();
  options.args = arguments.data();
  options.exit_cb = on_exit;
  options.stdio = streams.data();
  options.stdio_count = static_cast<int>(streams.size());
  if (uv_spawn(process_->handle.loop, &process_->handle, &options) < 0) return false;
  const int reads = uv_read_start(
      reinterpret_cast<uv_stream_t*>(&output_->handle),
      [](uv_handle_t* handle, std::size_t, uv_buf_t* buffer) {
        auto& room = reinterpret_cast<Output*>(handle)->buffer;
        *buffer = uv_buf_init(room.data(), static_cast<unsigned>(room.size()));
      },
      on_read);
  require(reads, "cannot read from a pipe");
  return true;
}

void Child::on_exit(uv_process_t* process, std::int64_t /*status*/, int /*signal*/) {
  Child& child = *reinterpret_cast<Process*>(process)->child;
  child.is_running_ = false;
  child.end_if_over();
}

void Child::on_read(uv_stream_t* stream, ssize_t count, const uv_buf_t* buffer) {
  Child& child = *reinterpret_cast<Output*>(stream)->child;
  if (count < 0) {
    child.is_open_ = false;
    return child.end_if_over();
  }
  child.said_.append(buffer->base, static_cast<std::size_t>(count));
  if (child.said_.size() <= child.max_output_) return;
  child.said_.resize(child.max_output_);
  uv_read_stop(stream);
  child.is_open_ = false;
  child.kill();
}

void Child::kill() {
  if (is_running_) uv_process_kill(&process_->handle, SIGKILL);
}

void Child::end_if_over() {
  if (is_running_ || is_open_) return;
  limit_->disarm();
  if (const auto on_end = std::exchange(on_end_, nullptr)) on_end(std::move(said_));
}

}  // namespace alluvium::uv
