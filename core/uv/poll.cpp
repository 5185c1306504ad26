#include "core/uv/poll.hpp"

#include "core/uv/handle.hpp"

#include <utility>

namespace alluvium::uv {

struct Poll::State {
  uv_poll_t handle;
  std::function<void(PollEvents)> on_events;
  int watched = 0;  ///< UV_READABLE and UV_WRITABLE, as asked for.
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
  state_->watched = (events.readable ? UV_READABLE : 0) | (events.writable ? UV_WRITABLE : 0);
  start(*state_);
}

void Poll::start(State& state) {
  if (state.watched == 0) {
    uv_poll_stop(&state.handle);
    return;
  }
  uv_poll_start(&state.handle, state.watched, [](uv_poll_t* handle, int status, int seen) {
    auto& self = *reinterpret_cast<State*>(handle);
    if (status < 0) {
      // libuv stops watching a socket in error, though it may still have bytes to be read.
      seen = UV_READABLE | UV_WRITABLE;
      start(self);
    }
    self.on_events({(seen & UV_READABLE) != 0, (seen & UV_WRITABLE) != 0});
  });
}

}  // namespace alluvium::uv
