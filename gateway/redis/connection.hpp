#pragma once

#include "core/time/clock.hpp"
#include "core/uv/loop.hpp"
#include "core/uv/poll.hpp"
#include "gateway/companions/shared_store.hpp"
#include "gateway/redis/address.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

struct redisAsyncContext;
struct redisReply;

namespace alluvium::redis {

/// One connection to a Redis on the loop, made anew with growing pauses when it is lost. Commands
/// are answered in order, each once: by null if there is no answer in time, if the answer is an
/// error, or if there is no connection. A Redis that leaves one command unanswered has lost the
/// connection. Owned by SharedStore.
class Connection {
 public:
  using OnReply = std::function<void(const redisReply*)>;

  Connection(uv::Loop& loop, Address address, Duration patience);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Never calls back before it has returned.
  void call(const std::vector<std::string>& command, OnReply on_reply);

  [[nodiscard]] const gateway::SharedStore::Statistics& statistics() const { return statistics_; }

 private:
  struct Pending {
    OnReply on_reply;
    Instant deadline;
    std::chrono::steady_clock::time_point began;  ///< The loop's time is too coarse to measure by.
  };

  void connect();
  void connect_to(const std::string& host);
  /// Says who we are and which database is meant.
  void introduce();
  void send(const std::vector<std::string>& command, OnReply on_reply);
  void refuse(OnReply on_reply);
  void refuse_held();
  void on_ready();
  void watch(bool* what, bool value);
  void on_events(uv::PollEvents events);
  void on_reply(const redisReply* reply);
  void on_gone();
  void on_deadline();
  void fail_refused();
  void retry_later();

  uv::Loop& loop_;
  Address address_;
  Duration patience_;
  redisAsyncContext* context_ = nullptr;  ///< hiredis frees it itself when it breaks.
  bool is_introduced_ = true;             ///< Nothing was said against us so far.
  bool is_ready_ = false;                 ///< Commands go to the right database.
  std::unique_ptr<uv::Poll> poll_;
  uv::PollEvents watched_;
  std::deque<Pending> pending_;                                    ///< Sent, in order.
  std::deque<std::pair<std::vector<std::string>, OnReply>> held_;  ///< Until it is ready.
  std::deque<OnReply> refused_;  ///< To be told so as soon as the loop turns.
  Duration pause_{};
  std::size_t attempts_ = 0;
  gateway::SharedStore::Statistics statistics_;
  std::unique_ptr<Timer> deadline_timer_;
  std::unique_ptr<Timer> refusal_timer_;
  std::unique_ptr<Timer> retry_timer_;
  std::unique_ptr<Job> resolving_;
};

}  // namespace alluvium::redis
