#include "core/curl/multi.hpp"

#include <exception>
#include <stdexcept>
#include <utility>

namespace alluvium::curl {

/// What the owner of a transfer holds.
class Client::Multi::Handle final : public http::Transfer {
 public:
  Handle(Multi& multi, CURL* easy) : multi_(multi), easy_(easy) {}
  ~Handle() override {
    if (easy_) multi_.cancel(easy_);
  }
  /// The transfer has ended.
  void forget() { easy_ = nullptr; }

 private:
  Multi& multi_;
  CURL* easy_;
};

Client::Multi::Multi(uv::Loop& loop, ClientOptions options)
    : loop_(loop), options_(std::move(options)) {
  static const CURLcode global = curl_global_init(CURL_GLOBAL_DEFAULT);
  multi_ = global == CURLE_OK ? curl_multi_init() : nullptr;
  if (!multi_) throw std::runtime_error("cannot initialise libcurl");
  timer_ = loop_.make_timer([this] { act(CURL_SOCKET_TIMEOUT, 0); });
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &Multi::on_socket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &Multi::on_timer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, options_.kept_connections);
  curl_multi_setopt(multi_, CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_NOTHING));
}

Client::Multi::~Multi() {
  for (auto& [easy, running] : transfers_) {
    if (running.added) curl_multi_remove_handle(multi_, easy);
  }
  transfers_.clear();
  // Closing kept connections still calls back about their sockets.
  curl_multi_cleanup(multi_);
}

void Client::Multi::retire(std::unique_ptr<Multi> multi) {
  if (multi->callers_ == 0) return;
  Multi& self = *multi;
  self.last_owner_ = std::move(multi);
}

std::unique_ptr<http::Transfer> Client::Multi::start(http::ClientRequest request,
                                                     http::TransferObserver& observer) {
  auto stalled = [this](TransferState& state) { finish(state.easy(), CURLE_OPERATION_TIMEDOUT); };
  auto state = std::make_unique<TransferState>(
      TransferSurroundings{loop_, loop_, options_, std::move(stalled)}, std::move(request),
      observer);
  CURL* easy = state->easy();
  auto handle = std::make_unique<Handle>(*this, easy);
  transfers_.emplace(easy, Running{std::move(state), handle.get()});
  unsettled_ = true;
  if (!inside_curl_) add_and_remove();
  return handle;
}

void Client::Multi::cancel(CURL* easy) {
  auto& running = transfers_.at(easy);
  running.handle = nullptr;
  running.state->forget_observer();
  unsettled_ = true;
  if (!inside_curl_) add_and_remove();
}

int Client::Multi::on_socket(CURL*, curl_socket_t socket, int what, void* self, void*) {
  try {
    static_cast<Multi*>(self)->watch(socket, what);
    return 0;
  } catch (const std::exception&) {
    // Nothing may be thrown through libcurl; it ends the transfer instead.
    return -1;
  }
}

int Client::Multi::on_timer(CURLM*, long milliseconds, void* self) {
  auto& timer = *static_cast<Multi*>(self)->timer_;
  if (milliseconds < 0) {
    timer.disarm();
  } else {
    timer.arm(std::chrono::milliseconds(milliseconds));
  }
  return 0;
}

void Client::Multi::watch(curl_socket_t socket, int what) {
  if (what == CURL_POLL_REMOVE) {
    sockets_.erase(socket);
    return;
  }
  auto& poll = sockets_[socket];
  if (!poll) {
    poll = std::make_unique<uv::Poll>(loop_, socket, [this, socket](uv::PollEvents seen) {
      act(socket, (seen.readable ? CURL_CSELECT_IN : 0) | (seen.writable ? CURL_CSELECT_OUT : 0));
    });
  }
  poll->watch({(what & CURL_POLL_IN) != 0, (what & CURL_POLL_OUT) != 0});
}

void Client::Multi::act(curl_socket_t socket, int events) {
  ++callers_;
  inside_curl_ = true;
  int running = 0;
  curl_multi_socket_action(multi_, socket, events, &running);
  inside_curl_ = false;
  settle();
  leave();
}

void Client::Multi::leave() {
  if (--callers_ > 0) return;
  // Ends this object if its owner has gone meanwhile.
  const auto last = std::move(last_owner_);
}

void Client::Multi::settle() {
  add_and_remove();
  int left = 0;
  while (!last_owner_) {
    const CURLMsg* message = curl_multi_info_read(multi_, &left);
    if (!message) return;
    if (message->msg == CURLMSG_DONE) finish(message->easy_handle, message->data.result);
  }
}

void Client::Multi::add_and_remove() {
  if (!std::exchange(unsettled_, false)) return;
  for (auto at = transfers_.begin(); at != transfers_.end();) {
    auto here = at++;
    if (!here->second.handle) {
      const auto gone = take(here);
    } else if (!here->second.added) {
      here->second.added = true;
      curl_multi_add_handle(multi_, here->first);
    }
  }
}

Client::Multi::Running Client::Multi::take(Transfers::iterator at) {
  if (at->second.added) curl_multi_remove_handle(multi_, at->first);
  Running running = std::move(at->second);
  transfers_.erase(at);
  return running;
}

void Client::Multi::finish(CURL* easy, CURLcode code) {
  const auto at = transfers_.find(easy);
  if (at == transfers_.end()) return;
  ++callers_;
  const auto error = at->second.state->outcome(code);
  auto* observer = at->second.state->observer();
  Running running = take(at);
  if (running.handle) running.handle->forget();
  if (observer) observer->on_finished(error);
  running.state.reset();
  leave();
}

}  // namespace alluvium::curl
