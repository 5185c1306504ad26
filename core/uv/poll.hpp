#pragma once

#include "core/uv/loop.hpp"

#include <functional>
#include <memory>

namespace alluvium::uv {

/// What a socket is watched for, and what was seen on it. A socket in error is seen as both: the
/// next read, after what had still arrived, or write tells which error.
struct PollEvents {
  bool readable = false;
  bool writable = false;
};

/// Watches a socket that somebody else owns and closes, as long as it lives; it must be destroyed
/// before the socket is closed. Legal inside its own callback.
class Poll {
 public:
  Poll(Loop& loop, int socket, std::function<void(PollEvents)> on_events);
  ~Poll();
  Poll(const Poll&) = delete;
  Poll& operator=(const Poll&) = delete;

  /// Replaces what is watched for; nothing: rests.
  void watch(PollEvents events);

 private:
  struct State;
  static void start(State& state);

  State* state_;  ///< Freed by its close callback.
};

}  // namespace alluvium::uv
