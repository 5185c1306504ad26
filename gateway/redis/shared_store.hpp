#pragma once

#include "core/uv/loop.hpp"
#include "gateway/companions/shared_store.hpp"
#include "gateway/redis/address.hpp"
#include "gateway/redis/connection.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace alluvium::redis {

/// What several gateways share, in a Redis. Owned by `main`.
class SharedStore final : public gateway::SharedStore {
 public:
  SharedStore(uv::Loop& loop, Address address) : connection_(loop, std::move(address), patience) {}

  void elect(const Candidate& candidate,
             std::function<void(std::optional<Seat>)> on_reply) override;
  void resign(const std::string& id, std::function<void()> on_reply) override;
  void write(const Notes& notes, std::function<void(bool)> on_reply) override;
  void read(std::function<void(std::optional<Notes>)> on_reply) override;
  void lock(const std::string& name, const std::string& id, Duration term,
            std::function<void(std::optional<bool>)> on_reply) override;
  void unlock(const std::string& name, const std::string& id) override;
  [[nodiscard]] Statistics statistics() const override { return connection_.statistics(); }

 private:
  struct Reading;
  void read_on(const std::shared_ptr<Reading>& reading);
  void read_records(const std::shared_ptr<Reading>& reading, const redisReply& keys);

  Connection connection_;
};

}  // namespace alluvium::redis
