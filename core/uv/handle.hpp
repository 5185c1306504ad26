#pragma once

#include <memory>
#include <stdexcept>
#include <string>

#include <uv.h>

namespace alluvium::uv {

/// Closes a handle and frees the block it lies in once libuv has let go of it. `Block` is a struct
/// whose first member, `handle`, is a libuv handle: what its callbacks need lies beside it, lives
/// as long as it, and so outlasts a wrapper that is destroyed inside one of its own callbacks.
template <typename Block>
struct CloseAndFree {
  void operator()(Block* block) const {
    uv_close(reinterpret_cast<uv_handle_t*>(&block->handle), [](uv_handle_t* handle) {
      std::unique_ptr<Block> freed(reinterpret_cast<Block*>(handle));
    });
  }
};

/// The one owner of a libuv handle. Only blocks whose handle has been initialised may go in.
template <typename Block>
using HandleOwner = std::unique_ptr<Block, CloseAndFree<Block>>;

/// Throws at start-up what libuv returned, if that is an error.
inline void require(int result, const std::string& what) {
  if (result < 0) throw std::runtime_error(what + ": " + uv_strerror(result));
}

}  // namespace alluvium::uv
