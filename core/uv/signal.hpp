#pragma once

#include "core/uv/loop.hpp"

#include <functional>
#include <memory>

namespace alluvium::uv {

/// Calls back for each arrival of one signal, on the loop, as long as it lives. Does not keep the
/// loop running.
class Signal {
 public:
  Signal(Loop& loop, int number, std::function<void()> on_signal);
  ~Signal();
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;

 private:
  struct State;
  State* state_;  ///< Freed by its close callback.
};

}  // namespace alluvium::uv
