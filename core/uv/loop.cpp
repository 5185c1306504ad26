#include "core/uv/loop.hpp"

#include "core/uv/handle.hpp"

#include <algorithm>
#include <cassert>
#include <csignal>
#include <utility>

namespace alluvium::uv {

void Loop::Delete::operator()(uv_loop_s* loop) const {
  uv_walk(
      loop,
      [](uv_handle_t* handle, void*) {
        assert(uv_is_closing(handle) && "something on the loop outlived it");
        (void)handle;
      },
      nullptr);
  uv_run(loop, UV_RUN_DEFAULT);
  [[maybe_unused]] const int result = uv_loop_close(loop);
  assert(result == 0);
  delete loop;
}

Loop::Loop() {
  // A write to a connection the other side has closed must be an error, not the program's end.
  std::signal(SIGPIPE, SIG_IGN);
  auto loop = std::make_unique<uv_loop_t>();
  require(uv_loop_init(loop.get()), "cannot make an event loop");
  loop_.reset(loop.release());
}

Loop::~Loop() = default;

void Loop::run() {
  uv_run(loop_.get(), UV_RUN_DEFAULT);
}

void Loop::stop() {
  uv_stop(loop_.get());
}

Instant Loop::now() const {
  return Instant(std::chrono::milliseconds(uv_now(loop_.get())));
}

WallTime Loop::wall_now() const {
  // libuv's time stands still within a callback, so one sample belongs to each of its values. The
  // next value samples anew and so follows a clock that is set.
  const auto tick = uv_now(loop_.get());
  if (tick != wall_tick_) {
    wall_tick_ = tick;
    wall_ = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  }
  return wall_;
}

}  // namespace alluvium::uv
