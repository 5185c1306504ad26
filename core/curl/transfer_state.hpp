#pragma once

#include "core/curl/client.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <curl/curl.h>

namespace alluvium::curl {

struct EasyDelete {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct ListDelete {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

class TransferState;

/// The loop, and what Multi wants to hear.
struct TransferSurroundings {
  const Clock& clock;
  Timers& timers;
  const ClientOptions& options;
  /// Nothing has arrived for the request's `stall_timeout`. From the loop, not from libcurl.
  std::function<void(TransferState&)> on_stalled;
};

/// One transfer as libcurl sees it: the easy handle with its options and callbacks, and what its
/// answer has shown so far. libcurl takes much for success that is none, so each answer is judged
/// here as well. The observer is called from within libcurl's callbacks and may do anything there,
/// which is why only Multi, outside of them, removes and frees. Owned by Multi.
class TransferState {
 public:
  TransferState(TransferSurroundings surroundings, http::ClientRequest request,
                http::TransferObserver& observer);
  TransferState(const TransferState&) = delete;
  TransferState& operator=(const TransferState&) = delete;

  [[nodiscard]] CURL* easy() const { return easy_.get(); }
  /// The transfer an easy handle belongs to.
  [[nodiscard]] static TransferState& of(CURL* easy);

  /// Nobody listens any more; whatever else arrives ends the transfer.
  void forget_observer() { observer_ = nullptr; }
  [[nodiscard]] http::TransferObserver* observer() const { return observer_; }

  /// What to tell the observer when libcurl has ended with `code`.
  [[nodiscard]] std::optional<http::TransferError> outcome(CURLcode code) const;

 private:
  static std::size_t on_header(char* bytes, std::size_t, std::size_t size, void* self);
  static std::size_t on_body(char* bytes, std::size_t, std::size_t size, void* self);
  static int on_connected(void* self, char* remote, char* local, int remote_port, int local_port);
  static curl_socket_t on_open_socket(void* self, curlsocktype purpose, curl_sockaddr* address);

  void set_options();
  void set_method();
  void set_headers();
  bool take_header_line(std::string_view line);
  bool finish_head();
  [[nodiscard]] bool will_follow(long status) const;
  [[nodiscard]] bool lengths_are_sound() const;
  bool take_body(ByteView bytes);
  bool fail(http::TransferFailure failure, std::string message);
  void note_activity() { last_activity_ = surroundings_.clock.now(); }
  void check_stall();

  TransferSurroundings surroundings_;
  http::ClientRequest request_;
  http::TransferObserver* observer_;
  std::unique_ptr<CURL, EasyDelete> easy_;
  std::unique_ptr<curl_slist, ListDelete> header_list_;
  std::array<char, CURL_ERROR_SIZE> error_text_{};

  http::ClientResponse response_;
  std::size_t head_bytes_ = 0;  ///< Of all heads, those of redirects included.
  bool in_head_ = false;        ///< Between a status line and the empty line.
  bool head_shown_ = false;
  std::uint64_t body_bytes_ = 0;
  bool permitted_seen_ = false;  ///< Of the addresses of the present hop.
  bool forbidden_seen_ = false;
  std::optional<http::TransferError> verdict_;  ///< Ours; outranks libcurl's.

  std::unique_ptr<Timer> stall_timer_;  ///< Runs once connected; connecting has its own limit.
  Instant last_activity_;
  curl_off_t uploaded_bytes_ = 0;
};

}  // namespace alluvium::curl
