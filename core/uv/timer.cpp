#include "core/uv/handle.hpp"
#include "core/uv/loop.hpp"

#include <algorithm>
#include <utility>

namespace alluvium::uv {

namespace {

struct TimerBlock {
  uv_timer_t handle;
  std::function<void()> on_fire;
  bool firing = false;
};

class UvTimer final : public Timer {
 public:
  UvTimer(uv_loop_t* loop, std::function<void()> on_fire) {
    auto block = std::make_unique<TimerBlock>();
    block->on_fire = std::move(on_fire);
    uv_timer_init(loop, &block->handle);
    block_.reset(block.release());
  }

  void arm(Duration delay) override {
    auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(delay).count();
    // libuv runs a timer that is armed with 0 inside its own call again in the same turn, before
    // any input is looked at: one that keeps doing so would stop everything else.
    const auto least = block_->firing ? 1 : 0;
    milliseconds = std::max<decltype(milliseconds)>(milliseconds, least);
    uv_timer_start(&block_->handle, fire, static_cast<std::uint64_t>(milliseconds), 0);
  }

  void disarm() override { uv_timer_stop(&block_->handle); }

 private:
  static void fire(uv_timer_t* handle) {
    auto* block = reinterpret_cast<TimerBlock*>(handle);
    block->firing = true;
    block->on_fire();
    // The block is alive even if the timer is not: it is freed when the loop turns.
    block->firing = false;
  }

  HandleOwner<TimerBlock> block_;
};

}  // namespace

std::unique_ptr<Timer> Loop::make_timer(std::function<void()> on_fire) {
  return std::make_unique<UvTimer>(loop_.get(), std::move(on_fire));
}

}  // namespace alluvium::uv
