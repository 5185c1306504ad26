#include "core/uv/poll.hpp"

#include "core/uv/handle.hpp"

#include <utility>

namespace alluvium::uv {

struct Poll::State {
  uv_poll_t handle;
  std::function<void(PollEvents)> on_events;
};

Poll::Poll(Loop& loop, int socket, std::function<void(PollEvents)> on_events) {
  auto state = std::make_unique<State>();
  state->on_events = std::move(on_events);
  require(uv_poll_init_socket(loop.handle(), &state->handle, socket), "cannot watch a socket");
  state_ = state.release();
}

Poll::~Poll() {
  CloseAndFree<State>()(state_);
}

void Poll::watch(PollEvents events) {
  const int mask = (events.readable ? UV_READABLE : 0) | (events.writable ? UV_WRITABLE : 0);
  if (mask == 0) {
    uv_poll_stop(&state_->handle);
    return;
  }
  uv_poll_start(&state_->handle, mask, [](uv_poll_t* handle, int status, int seen) {
    const bool failed = status < 0;
    reinterpret_cast<State*>(handle)->on_events(
        {(seen & UV_READABLE) != 0, (seen & UV_WRITABLE) != 0, failed});
  });
}

}  // namespace alluvium::uv
