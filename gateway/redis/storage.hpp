#pragma once

#include "core/time/clock.hpp"
#include "gateway/redis/address.hpp"
#include "gateway/storage.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

struct redisContext;
struct redisReply;

namespace alluvium::redis {

/// Files in a Redis, for all gateways that share it: what one has hashed the others need not. Each
/// is checked against its root when it is read. Safe for several threads; calls take turns, and
/// each gives up after a while. A tree whose URL has another version is kept for a day.
class Storage final : public gateway::Storage {
 public:
  explicit Storage(Address address);
  ~Storage() override;

  Contents load() override;
  Status save(const gateway::FileVersion& file) override;
  std::optional<gateway::FileVersion> find(const hash::TreeRoot& root) override;
  Status try_write() override;

 private:
  struct Free {
    void operator()(redisContext* context) const;
    void operator()(redisReply* reply) const;
  };
  using Reply = std::unique_ptr<redisReply, Free>;

  /// A command that does no harm if it is carried out twice.
  [[nodiscard]] Result<Reply> ask(const std::vector<std::string_view>& command);
  [[nodiscard]] Result<Reply> ask_once(const std::vector<std::string_view>& command);
  [[nodiscard]] Status connect();
  /// Says who we are and which database is meant.
  [[nodiscard]] Status introduce();
  [[nodiscard]] Result<gateway::FileVersion> read(const std::string& url, std::string_view name);

  std::mutex turn_;
  Address address_;
  std::unique_ptr<redisContext, Free> context_;
  std::chrono::steady_clock::time_point no_use_before_;  ///< It could not be reached just now.
  bool is_closed_ = false;                    ///< The last command found the connection closed.
  std::map<std::string, std::string> known_;  ///< Which tree of each URL was read or kept here.
};

}  // namespace alluvium::redis
