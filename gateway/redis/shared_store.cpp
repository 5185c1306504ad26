#include "gateway/redis/shared_store.hpp"

#include "gateway/redis/keys.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include <hiredis/hiredis.h>

namespace alluvium::redis {

namespace {

using Command = std::vector<std::string>;

/// KEYS: leader, secret. ARGV: id, URL, term in ms, whether it claims the lead, secret.
constexpr const char* elect_script = R"(
local secret = redis.call('GET', KEYS[2])
if not secret then
  secret = ARGV[5]
  redis.call('SET', KEYS[2], secret)
end
local seat = redis.call('GET', KEYS[1])
local id = seat and string.match(seat, '^%S*')
if id == ARGV[1] or (not seat and ARGV[4] == '1') then
  seat = ARGV[1] .. ' ' .. ARGV[2]
  redis.call('SET', KEYS[1], seat, 'PX', ARGV[3])
end
if not seat then return {'', secret, 0} end
return {seat, secret, redis.call('PTTL', KEYS[1])}
)";

/// KEYS: leader or lock. ARGV: id.
constexpr const char* release_script = R"(
local holder = redis.call('GET', KEYS[1])
if holder and string.match(holder, '^%S*') == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1
)";

/// KEYS: lock. ARGV: id, term in ms.
constexpr const char* lock_script = R"(
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
)";

/// Keys looked at in one step of reading everything.
constexpr const char* keys_at_once = "1000";

std::string joined(std::string_view prefix, std::string_view rest) {
  return std::string(prefix) + std::string(rest);
}

std::string ms_text(Duration duration) {
  return std::to_string(std::chrono::ceil<std::chrono::milliseconds>(duration).count());
}

/// Empty for anything but a string.
std::string_view text_of(const redisReply* reply) {
  const bool is_text =
      reply != nullptr && (reply->type == REDIS_REPLY_STRING || reply->type == REDIS_REPLY_STATUS);
  return is_text ? std::string_view(reply->str, reply->len) : std::string_view();
}

/// The members of a list; empty for anything else.
std::vector<const redisReply*> members(const redisReply* reply) {
  if (reply == nullptr || reply->type != REDIS_REPLY_ARRAY) return {};
  return {reply->element, reply->element + reply->elements};
}

std::optional<SharedStore::Seat> seat_of(const redisReply* reply) {
  const auto parts = members(reply);
  if (parts.size() != 3 || parts[2]->type != REDIS_REPLY_INTEGER) return std::nullopt;
  const std::string_view seat = text_of(parts[0]);
  const auto blank = seat.find(' ');
  SharedStore::Seat read;
  read.id = seat.substr(0, blank);
  if (blank != std::string_view::npos) read.url = seat.substr(blank + 1);
  read.secret = text_of(parts[1]);
  read.remains = std::chrono::milliseconds(std::max<long long>(parts[2]->integer, 0));
  return read;
}

}  // namespace

void SharedStore::elect(const Candidate& candidate,
                        std::function<void(std::optional<Seat>)> on_reply) {
  connection_.call(
      {"EVAL", elect_script, "2", std::string(keys::leader), std::string(keys::secret),
       candidate.id, candidate.url, ms_text(candidate.term), candidate.claims ? "1" : "0",
       candidate.secret},
      [on_reply = std::move(on_reply)](const redisReply* reply) { on_reply(seat_of(reply)); });
}

void SharedStore::resign(const std::string& id, std::function<void()> on_reply) {
  connection_.call({"EVAL", release_script, "1", std::string(keys::leader), id},
                   [on_reply = std::move(on_reply)](const redisReply*) { on_reply(); });
}

void SharedStore::write(const Notes& notes, std::function<void(bool)> on_reply) {
  for (const auto& [peer, record] : notes.records) {
    const std::string key = joined(keys::peer, peer.text());
    connection_.call(record.empty() ? Command{"DEL", key}
                                    : Command{"SET", key, record, "PX", ms_text(record_lifetime)},
                     [](const redisReply*) {});
  }
  // The last answer stands for all: a connection that loses one loses those behind it.
  connection_.call(
      {"SET", std::string(keys::tickets), notes.tickets},
      [on_reply = std::move(on_reply)](const redisReply* reply) { on_reply(reply != nullptr); });
}

/// A walk through all that is kept, a step after the other.
struct SharedStore::Reading {
  Notes notes;
  std::string cursor = "0";
  std::function<void(std::optional<Notes>)> on_reply;
};

void SharedStore::read(std::function<void(std::optional<Notes>)> on_reply) {
  const auto reading = std::make_shared<Reading>();
  reading->on_reply = std::move(on_reply);
  connection_.call({"GET", std::string(keys::tickets)}, [this, reading](const redisReply* reply) {
    if (reply == nullptr) return reading->on_reply(std::nullopt);
    reading->notes.tickets = text_of(reply);
    read_on(reading);
  });
}

void SharedStore::read_on(const std::shared_ptr<Reading>& reading) {
  connection_.call(
      {"SCAN", reading->cursor, "MATCH", joined(keys::peer, "*"), "COUNT", keys_at_once},
      [this, reading](const redisReply* reply) {
        const auto parts = members(reply);
        if (parts.size() != 2) return reading->on_reply(std::nullopt);
        reading->cursor = text_of(parts[0]);
        read_records(reading, *parts[1]);
      });
}

void SharedStore::read_records(const std::shared_ptr<Reading>& reading, const redisReply& keys) {
  Command command{"MGET"};
  for (const auto* key : members(&keys)) command.emplace_back(text_of(key));
  const auto go_on = [this, reading] {
    if (reading->cursor != "0") return read_on(reading);
    reading->on_reply(std::move(reading->notes));
  };
  if (command.size() == 1) return go_on();
  connection_.call(command, [reading, go_on, command](const redisReply* reply) {
    const auto records = members(reply);
    if (records.size() != command.size() - 1) return reading->on_reply(std::nullopt);
    for (std::size_t i = 0; i < records.size(); ++i) {
      const auto peer =
          net::parse_endpoint(std::string_view(command[i + 1]).substr(keys::peer.size()));
      const auto record = text_of(records[i]);
      if (peer && !record.empty()) reading->notes.records.emplace_back(*peer, record);
    }
    go_on();
  });
}

void SharedStore::lock(const std::string& name, const std::string& id, Duration term,
                       std::function<void(std::optional<bool>)> on_reply) {
  connection_.call({"EVAL", lock_script, "1", joined(keys::lock, name), id, ms_text(term)},
                   [on_reply = std::move(on_reply)](const redisReply* reply) {
                     if (reply == nullptr) return on_reply(std::nullopt);
                     on_reply(reply->type == REDIS_REPLY_INTEGER && reply->integer == 1);
                   });
}

void SharedStore::unlock(const std::string& name, const std::string& id) {
  connection_.call({"EVAL", release_script, "1", joined(keys::lock, name), id},
                   [](const redisReply*) {});
}

}  // namespace alluvium::redis
