#include "gateway/redis/connection.hpp"

#include "core/net/ip_address.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <hiredis/async.h>
#include <netdb.h>
#include <sys/socket.h>

namespace alluvium::redis {

namespace {

constexpr Duration first_pause = std::chrono::milliseconds(100);
constexpr Duration longest_pause = std::chrono::seconds(1);

/// An address of a name, of several another one each attempt; empty if it has none. Blocks.
std::string address_of(const std::string& host, std::size_t attempt) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return {};
  const addrinfo* chosen = found;
  for (; attempt > 0; --attempt) chosen = chosen->ai_next ? chosen->ai_next : found;
  std::array<char, 64> text{};
  const int result = getnameinfo(chosen->ai_addr, chosen->ai_addrlen, text.data(), text.size(),
                                 nullptr, 0, NI_NUMERICHOST);
  freeaddrinfo(found);
  return result == 0 ? text.data() : "";
}

Connection& of(const redisAsyncContext* context) {
  return *static_cast<Connection*>(context->data);
}

}  // namespace

Connection::Connection(uv::Loop& loop, Address address, Duration patience)
    : loop_(loop),
      address_(std::move(address)),
      patience_(patience),
      pause_(first_pause),
      deadline_timer_(loop.make_timer([this] { on_deadline(); })),
      refusal_timer_(loop.make_timer([this] { fail_refused(); })),
      retry_timer_(loop.make_timer([this] { connect(); })) {
  connect();
}

Connection::~Connection() {
  // Nobody is to be told any more.
  pending_.clear();
  if (context_ != nullptr) redisAsyncFree(std::exchange(context_, nullptr));
}

void Connection::connect() {
  if (net::IpAddress::parse(address_.host)) return connect_to(address_.host);
  const auto resolved = std::make_shared<std::string>();
  resolving_ = loop_.run([resolved, host = address_.host,
                          attempt = attempts_++ % 16] { *resolved = address_of(host, attempt); },
                         [this, resolved] {
                           const auto ended = std::move(resolving_);
                           if (resolved->empty()) return retry_later();
                           connect_to(*resolved);
                         });
}

void Connection::connect_to(const std::string& host) {
  redisAsyncContext* context = redisAsyncConnect(host.c_str(), address_.port);
  if (context == nullptr) return retry_later();
  if (context->err != 0) {
    redisAsyncFree(context);
    return retry_later();
  }
  context_ = context;
  context->data = this;
  context->ev.data = this;
  using Self = Connection;
  context->ev.addRead = [](void* self) {
    static_cast<Self*>(self)->watch(&static_cast<Self*>(self)->watched_.readable, true);
  };
  context->ev.delRead = [](void* self) {
    static_cast<Self*>(self)->watch(&static_cast<Self*>(self)->watched_.readable, false);
  };
  context->ev.addWrite = [](void* self) {
    static_cast<Self*>(self)->watch(&static_cast<Self*>(self)->watched_.writable, true);
  };
  context->ev.delWrite = [](void* self) {
    static_cast<Self*>(self)->watch(&static_cast<Self*>(self)->watched_.writable, false);
  };
  // Comes before hiredis closes the socket.
  context->ev.cleanup = [](void* self) { static_cast<Self*>(self)->poll_.reset(); };
  watched_ = {};
  is_introduced_ = true;
  poll_ = std::make_unique<uv::Poll>(loop_, context->c.fd,
                                     [this](uv::PollEvents events) { on_events(events); });
  redisAsyncSetConnectCallback(context, [](const redisAsyncContext* c, int status) {
    if (status != REDIS_OK) of(c).on_gone();
  });
  redisAsyncSetDisconnectCallback(context,
                                  [](const redisAsyncContext* c, int) { of(c).on_gone(); });
  introduce();
}

void Connection::introduce() {
  std::vector<std::vector<std::string>> commands;
  if (!address_.password.empty()) commands.push_back(address_.credentials());
  if (address_.database != 0) commands.push_back({"SELECT", std::to_string(address_.database)});
  if (commands.empty()) return on_ready();
  // Before the last is answered nothing else is sent, as it would go to another database.
  for (std::size_t i = 0; i < commands.size(); ++i) {
    send(commands[i], [this, is_last = i + 1 == commands.size()](const redisReply* reply) {
      is_introduced_ = is_introduced_ && reply != nullptr;
      if (!is_introduced_) return deadline_timer_->arm({});
      if (is_last) on_ready();
    });
  }
}

void Connection::watch(bool* what, bool value) {
  *what = value;
  if (poll_) poll_->watch(watched_);
}

void Connection::on_events(uv::PollEvents events) {
  // Either may end the connection.
  if (events.readable && context_ != nullptr) redisAsyncHandleRead(context_);
  if (events.writable && context_ != nullptr) redisAsyncHandleWrite(context_);
}

void Connection::call(const std::vector<std::string>& command, OnReply on_reply) {
  ++statistics_.calls;
  if (is_ready_) return send(command, std::move(on_reply));
  if (context_ == nullptr && !resolving_) return refuse(std::move(on_reply));
  if (held_.empty() && pending_.empty()) deadline_timer_->arm(patience_);
  held_.emplace_back(command, std::move(on_reply));
}

void Connection::on_ready() {
  is_ready_ = true;
  for (auto& [command, on_reply] : std::exchange(held_, {})) send(command, std::move(on_reply));
}

void Connection::refuse(OnReply on_reply) {
  ++statistics_.failures;
  refused_.push_back(std::move(on_reply));
  refusal_timer_->arm({});
}

void Connection::send(const std::vector<std::string>& command, OnReply on_reply) {
  std::vector<const char*> parts;
  std::vector<std::size_t> sizes;
  for (const auto& part : command) {
    parts.push_back(part.data());
    sizes.push_back(part.size());
  }
  const bool is_sent =
      context_ != nullptr &&
      redisAsyncCommandArgv(
          context_,
          [](redisAsyncContext* context, void* reply, void*) {
            of(context).on_reply(static_cast<const redisReply*>(reply));
          },
          nullptr, static_cast<int>(parts.size()), parts.data(), sizes.data()) == REDIS_OK;
  if (!is_sent) return refuse(std::move(on_reply));
  pending_.push_back(
      {std::move(on_reply), loop_.now() + patience_, std::chrono::steady_clock::now()});
  if (pending_.size() == 1) deadline_timer_->arm(patience_);
}

void Connection::on_reply(const redisReply* reply) {
  if (pending_.empty()) return;
  const Pending answered = std::move(pending_.front());
  pending_.pop_front();
  if (pending_.empty()) {
    deadline_timer_->disarm();
  } else {
    deadline_timer_->arm(std::max(pending_.front().deadline - loop_.now(), Duration::zero()));
  }
  const bool is_good = reply != nullptr && reply->type != REDIS_REPLY_ERROR;
  if (is_good) {
    pause_ = first_pause;
    statistics_.latency.add(
        std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - answered.began));
  } else {
    ++statistics_.failures;
  }
  answered.on_reply(is_good ? reply : nullptr);
}

void Connection::on_gone() {
  context_ = nullptr;
  is_ready_ = false;
  retry_later();
}

void Connection::on_deadline() {
  // It is forgotten first, so that what is called now finds no connection.
  redisAsyncContext* context = std::exchange(context_, nullptr);
  if (context == nullptr) return refuse_held();
  is_ready_ = false;
  context->onDisconnect = nullptr;
  redisAsyncFree(context);
  retry_later();
}

void Connection::fail_refused() {
  for (const auto& on_reply : std::exchange(refused_, {})) on_reply(nullptr);
}

void Connection::refuse_held() {
  for (auto& [command, on_reply] : std::exchange(held_, {})) refuse(std::move(on_reply));
}

void Connection::retry_later() {
  refuse_held();
  retry_timer_->arm(pause_);
  pause_ = std::min(2 * pause_, longest_pause);
}

}  // namespace alluvium::redis
