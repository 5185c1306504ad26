#include "gateway/redis/storage.hpp"

#include "core/base/text.hpp"
#include "core/media/file_facts.hpp"
#include "gateway/redis/keys.hpp"

#include <cerrno>
#include <utility>

#include <hiredis/hiredis.h>
#include <sys/time.h>

namespace alluvium::redis {

namespace {

constexpr timeval connect_patience{1, 0};
constexpr timeval answer_patience{2, 0};
constexpr std::chrono::seconds retry_after{1};

/// KEYS: files, tree. ARGV: URL, name of the tree, field of the facts, facts, leaves, piece_bytes,
/// pieces, what the keys of trees begin with, how long a replaced tree is kept.
constexpr std::string_view save_script = R"(
local old = redis.call('HGET', KEYS[1], ARGV[1])
redis.call('HSET', KEYS[2], ARGV[3], ARGV[4], 'leaves', ARGV[5], 'piece_bytes', ARGV[6],
           'pieces', ARGV[7])
redis.call('PERSIST', KEYS[2])
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
if old and old ~= ARGV[2] then redis.call('EXPIRE', ARGV[8] .. old, ARGV[9]) end
return 1
)";
constexpr std::string_view kept_seconds = "86400";

/// The facts are each URL's own, the rest is the same for all that lead to the tree.
std::string facts_field(std::string_view url) {
  return "facts " + std::string(url);
}

std::string tree_key(std::string_view name) {
  return std::string(keys::tree) + std::string(name);
}

std::string_view text_of(const redisReply& reply) {
  if (reply.type != REDIS_REPLY_STRING) return {};
  return {reply.str, reply.len};
}

Result<gateway::FileVersion> restore(std::string_view facts, std::string_view leaves,
                                     std::string_view piece_bytes, std::string_view pieces) {
  if (facts.empty()) return Error{"it is not there"};
  const auto size = parse_uint(piece_bytes);
  if (!size) return Error{"the size of its pieces is not a number"};
  return gateway::restore_file_version(facts, as_bytes(leaves), *size, as_bytes(pieces));
}

}  // namespace

void Storage::Free::operator()(redisContext* context) const {
  redisFree(context);
}

void Storage::Free::operator()(redisReply* reply) const {
  freeReplyObject(reply);
}

Storage::Storage(Address address) : address_(std::move(address)) {}

Storage::~Storage() = default;

Status Storage::connect() {
  if (context_) return {};
  const auto now = std::chrono::steady_clock::now();
  if (now < no_use_before_) return Error{"the store cannot be reached"};
  no_use_before_ = now + retry_after;
  context_.reset(redisConnectWithTimeout(address_.host.c_str(), address_.port, connect_patience));
  if (!context_ || context_->err != 0) {
    const Error error{"the store " + address_.text() + " cannot be reached: " +
                      (context_ ? printable(context_->errstr) : "out of memory")};
    context_.reset();
    return error;
  }
  redisSetTimeout(context_.get(), answer_patience);
  no_use_before_ = {};
  const Status introduced = introduce();
  if (!introduced) context_.reset();
  return introduced;
}

Status Storage::introduce() {
  const auto credentials = address_.credentials();
  if (!credentials.empty()) {
    const auto let_in = ask_once({credentials.begin(), credentials.end()});
    if (!let_in) return let_in.error();
  }
  if (address_.database == 0) return {};
  const auto selected = ask_once({"SELECT", std::to_string(address_.database)});
  if (!selected) return selected.error();
  return {};
}

Result<Storage::Reply> Storage::ask(const std::vector<std::string_view>& command) {
  const bool was_connected = context_ != nullptr;
  auto reply = ask_once(command);
  // A connection that stood idle ended with the Redis, which may be there again.
  if (!reply && was_connected && is_closed_) reply = ask_once(command);
  return reply;
}

Result<Storage::Reply> Storage::ask_once(const std::vector<std::string_view>& command) {
  is_closed_ = false;
  if (const Status connected = connect(); !connected) return connected.error();
  std::vector<const char*> parts;
  std::vector<std::size_t> sizes;
  for (const auto& part : command) {
    parts.push_back(part.data());
    sizes.push_back(part.size());
  }
  Reply reply(static_cast<redisReply*>(redisCommandArgv(
      context_.get(), static_cast<int>(parts.size()), parts.data(), sizes.data())));
  if (!reply) {
    is_closed_ = context_->err == REDIS_ERR_EOF ||
                 (context_->err == REDIS_ERR_IO && (errno == ECONNRESET || errno == EPIPE));
    const Error error{std::string("the store does not answer: ") + printable(context_->errstr)};
    context_.reset();
    return error;
  }
  if (reply->type == REDIS_REPLY_ERROR) {
    return Error{"the store says: " + printable({reply->str, reply->len})};
  }
  return reply;
}

Storage::Contents Storage::load() {
  const std::lock_guard lock(turn_);
  Contents contents;
  const auto files = ask({"HGETALL", keys::files});
  if (!files) {
    contents.problems.push_back(files.error().message);
    return contents;
  }
  const redisReply& list = **files;
  for (std::size_t i = 0; i + 1 < list.elements; i += 2) {
    const std::string url(text_of(*list.element[i]));
    const std::string name(text_of(*list.element[i + 1]));
    if (const auto known = known_.find(url); known != known_.end() && known->second == name) {
      continue;
    }
    auto file = read(url, name);
    if (file) {
      known_[url] = name;
      contents.files.push_back(std::move(*file));
    } else {
      contents.problems.push_back("what the store has of " + printable(url) +
                                  " is of no use: " + file.error().message);
    }
  }
  return contents;
}

Result<gateway::FileVersion> Storage::read(const std::string& url, std::string_view name) {
  const std::string key = tree_key(name);
  const std::string facts = facts_field(url);
  const auto reply = ask({"HMGET", key, facts, "leaves", "piece_bytes", "pieces"});
  if (!reply) return reply.error();
  const redisReply& fields = **reply;
  if (fields.elements != 4) return Error{"it is of another kind"};
  auto file = restore(text_of(*fields.element[0]), text_of(*fields.element[1]),
                      text_of(*fields.element[2]), text_of(*fields.element[3]));
  if (file && (file->url.text() != url || hash::base32(file->root().digest) != name)) {
    return Error{"it is another file"};
  }
  return file;
}

Status Storage::save(const gateway::FileVersion& file) {
  const std::string name = hash::base32(file.root().digest);
  const std::string key = tree_key(name);
  const std::string field = facts_field(file.url.text());
  const std::string facts = media::to_json(file.facts);
  const std::string piece_bytes = std::to_string(file.piece_bytes);
  const std::string_view pieces(reinterpret_cast<const char*>(file.pieces.data()),
                                file.pieces.size() * sizeof(hash::Digest));
  const std::lock_guard lock(turn_);
  const auto reply =
      ask({"EVAL", save_script, "2", keys::files, key, file.url.text(), name, field, facts,
           as_text(file.leaves.view()), piece_bytes, pieces, keys::tree, kept_seconds});
  if (!reply) return reply.error();
  known_[file.url.text()] = name;
  return {};
}

Status Storage::try_write() {
  const std::lock_guard lock(turn_);
  // One that is full, or cannot save to its disk, refuses it.
  const auto reply = ask({"SET", keys::tried, "1"});
  if (!reply) return reply.error();
  return {};
}

std::optional<gateway::FileVersion> Storage::find(const hash::TreeRoot& root) {
  const std::string name = hash::base32(root.digest);
  const std::string key = tree_key(name);
  const std::lock_guard lock(turn_);
  const auto fields = ask({"HKEYS", key});
  if (!fields) return std::nullopt;
  for (std::size_t i = 0; i < (*fields)->elements; ++i) {
    const std::string_view field = text_of(*(*fields)->element[i]);
    if (!field.starts_with(facts_field(""))) continue;
    auto file = read(std::string(field.substr(facts_field("").size())), name);
    if (file) return std::move(*file);
  }
  return std::nullopt;
}

}  // namespace alluvium::redis
