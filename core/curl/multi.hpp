#pragma once

#include "core/curl/client.hpp"
#include "core/curl/transfer_state.hpp"
#include "core/uv/poll.hpp"

#include <map>
#include <memory>
#include <vector>

#include <curl/curl.h>

namespace alluvium::curl {

/// libcurl's multi handle on the loop. libcurl forbids nearly every call from inside its callbacks,
/// where observers are: what they start or cancel there is noted and done by `settle`, after
/// libcurl has returned. Messages are drained after every action, since a transfer may end in any.
/// Owned by Client; if that is destroyed inside a callback, lives to the end of it.
class Client::Multi {
 public:
  Multi(uv::Loop& loop, ClientOptions options);
  ~Multi();
  Multi(const Multi&) = delete;
  Multi& operator=(const Multi&) = delete;

  static void retire(std::unique_ptr<Multi> multi);

  [[nodiscard]] std::unique_ptr<http::Transfer> start(http::ClientRequest request,
                                                      http::TransferObserver& observer);

 private:
  class Handle;
  struct Running {
    std::unique_ptr<TransferState> state;
    Handle* handle = nullptr;  ///< Null once it has been destroyed.
    bool added = false;        ///< libcurl has it.
  };
  using Transfers = std::map<CURL*, Running>;

  static int on_socket(CURL*, curl_socket_t socket, int what, void* self, void*);
  static int on_timer(CURLM*, long milliseconds, void* self);

  void watch(curl_socket_t socket, int what);
  void act(curl_socket_t socket, int events);
  void leave();
  void settle();
  void add_and_remove();
  void cancel(CURL* easy);
  void finish(CURL* easy, CURLcode code);
  [[nodiscard]] Running take(Transfers::iterator at);

  uv::Loop& loop_;
  ClientOptions options_;
  CURLM* multi_;
  std::unique_ptr<Timer> timer_;
  std::map<curl_socket_t, std::unique_ptr<uv::Poll>> sockets_;
  Transfers transfers_;
  bool inside_curl_ = false;
  bool unsettled_ = false;  ///< Something was started or cancelled inside libcurl.
  int callers_ = 0;         ///< Of our functions that call observers, on the stack.
  std::unique_ptr<Multi> last_owner_;
};

}  // namespace alluvium::curl
