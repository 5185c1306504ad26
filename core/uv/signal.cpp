#include "core/uv/signal.hpp"

#include "core/uv/handle.hpp"

#include <utility>

namespace alluvium::uv {

struct Signal::State {
  uv_signal_t handle;
  std::function<void()> on_signal;
};

Signal::Signal(Loop& loop, int number, std::function<void()> on_signal) {
  auto state = std::make_unique<State>();
  state->on_signal = std::move(on_signal);
  require(uv_signal_init(loop.handle(), &state->handle), "cannot watch for signals");
  state_ = state.release();
  uv_unref(reinterpret_cast<uv_handle_t*>(&state_->handle));
  const int result = uv_signal_start(
      &state_->handle,
      [](uv_signal_t* handle, int) { reinterpret_cast<State*>(handle)->on_signal(); }, number);
  if (result < 0) {
    CloseAndFree<State>()(state_);
    require(result, "cannot watch for signal " + std::to_string(number));
  }
}

Signal::~Signal() {
  CloseAndFree<State>()(state_);
}

}  // namespace alluvium::uv
