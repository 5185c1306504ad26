#include "tests/gateway/surroundings.hpp"

#include "core/base/random.hpp"
#include "core/media/file_scan.hpp"

#include <algorithm>
#include <stdexcept>

namespace alluvium::gateway::test {

class World::FakeTimer final : public Timer {
 public:
  FakeTimer(World& world, std::function<void()> on_fire)
      : world_(world), alarm_(std::make_shared<Alarm>(Alarm{std::move(on_fire), {}, 0})) {
    world_.state_->alarms.push_back(alarm_);
  }
  void arm(Duration delay) override {
    alarm_->due = world_.now() + std::max(delay, Duration::zero());
    alarm_->order = ++world_.state_->armed;
  }
  void disarm() override { alarm_->due.reset(); }

 private:
  World& world_;
  std::shared_ptr<Alarm> alarm_;
};

class World::FakeJob final : public Job {
 public:
  std::shared_ptr<int> token = std::make_shared<int>();
};

WallTime World::wall_now() const {
  using std::chrono::milliseconds;
  // A fixed date: 2026-01-01T00:00:00Z.
  return WallTime(milliseconds(1'767'225'600'000)) +
         std::chrono::duration_cast<milliseconds>(now().time_since_epoch());
}

std::unique_ptr<Timer> World::make_timer(std::function<void()> on_fire) {
  return std::make_unique<FakeTimer>(*this, std::move(on_fire));
}

std::unique_ptr<Job> World::run(std::function<void()> work, std::function<void()> on_done) {
  auto job = std::make_unique<FakeJob>();
  state_->soon.emplace_back(state_, std::move(work));
  state_->soon.emplace_back(job->token, std::move(on_done));
  return job;
}

void World::soon(std::weak_ptr<void> token, std::function<void()> call) {
  state_->soon.emplace_back(std::move(token), std::move(call));
}

void World::settle() {
  advance(Duration::zero());
}

void World::advance(Duration duration) {
  const Instant until = now() + duration;
  do {
    while (!state_->soon.empty()) {
      const auto [token, call] = std::move(state_->soon.front());
      state_->soon.pop_front();
      if (token.lock()) call();
    }
  } while (fire_next(until));
  state_->now = until;
}

bool World::fire_next(Instant until) {
  std::erase_if(state_->alarms, [](const auto& alarm) { return alarm.expired(); });
  std::shared_ptr<Alarm> next;
  for (const auto& candidate : state_->alarms) {
    const auto alarm = candidate.lock();
    if (!alarm->due || *alarm->due > until) continue;
    if (!next || std::pair(*alarm->due, alarm->order) < std::pair(*next->due, next->order)) {
      next = alarm;
    }
  }
  if (!next) return false;
  state_->now = std::max(state_->now, *next->due);
  next->due.reset();
  next->on_fire();
  return true;
}

class FakeClient::FakeTransfer final : public http::Transfer {
 public:
  FakeTransfer(http::ClientRequest request, http::TransferObserver& observer)
      : request_(std::move(request)), observer_(observer) {}

  void run(const std::optional<Answer>& answer) {
    const std::weak_ptr<void> alive = token;
    if (!answer) {
      return observer_.on_finished(
          http::TransferError{http::TransferFailure::refused, "connection refused"});
    }
    const bool head_comes = !answer->error || !answer->body.empty();
    if (head_comes && !observer_.on_head({answer->status, answer->headers, request_.url, {}})) {
      return unwanted(alive);
    }
    for (std::size_t at = 0; at < answer->body.size() && !alive.expired(); at += 100'000) {
      if (!observer_.on_body(as_bytes(std::string_view(answer->body).substr(at, 100'000)))) {
        return unwanted(alive);
      }
    }
    if (!alive.expired()) observer_.on_finished(answer->error);
  }

  std::shared_ptr<int> token = std::make_shared<int>();

 private:
  void unwanted(const std::weak_ptr<void>& alive) {
    if (alive.expired()) return;
    observer_.on_finished(http::TransferError{http::TransferFailure::unwanted, "not wanted"});
  }

  http::ClientRequest request_;
  http::TransferObserver& observer_;
};

void FakeClient::serve(const std::string& url, const std::string& body, http::Headers headers) {
  headers.add("Content-Length", std::to_string(body.size()));
  headers.add("Content-Type", "audio/mpeg");
  answer(url, {200, std::move(headers), body, {}, false});
}

std::size_t FakeClient::count(const std::string& url) const {
  return static_cast<std::size_t>(
      std::count_if(requests_.begin(), requests_.end(),
                    [&](const auto& request) { return request.url.text() == url; }));
}

std::unique_ptr<http::Transfer> FakeClient::start(http::ClientRequest request,
                                                  http::TransferObserver& observer) {
  requests_.push_back(request);
  const auto known = answers_.find(request.url.text());
  std::optional<Answer> answer;
  if (known != answers_.end()) answer = known->second;
  auto transfer = std::make_unique<FakeTransfer>(std::move(request), observer);
  if (!answer || !answer->never) {
    world_.soon(transfer->token, [raw = transfer.get(), answer] { raw->run(answer); });
  }
  return transfer;
}

Exchanged::Exchanged(http::Handler& handler, http::Request request) {
  exchange_ = handler.on_request(request, *this);
}

void Exchanged::send(http::Response response) {
  ++answers;
  status = response.head.status;
  head = std::move(response.head.headers);
  body = std::string(as_text(response.body.view()));
}

void Exchanged::begin(http::ResponseHead response, std::optional<std::uint64_t> length) {
  ++answers;
  status = response.status;
  head = std::move(response.headers);
  content_length = length;
}

std::string Exchanged::header(std::string_view name) const {
  return std::string(head.find(name).value_or(""));
}

std::vector<std::string> Exchanged::headers(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto value : head.find_all(name)) values.emplace_back(value);
  return values;
}

http::Request request(std::string method, std::string target) {
  http::Request made;
  made.method = std::move(method);
  made.target = std::move(target);
  made.headers = {{"Host", "127.0.0.1"}};
  made.remote = endpoint("127.0.0.1:40000");
  made.local = endpoint("127.0.0.1:80");
  return made;
}

http::Url url(std::string_view text) {
  auto parsed = http::Url::parse(text);
  if (!parsed) throw std::invalid_argument(parsed.error().message);
  return *parsed;
}

net::Endpoint endpoint(std::string_view text) {
  auto parsed = net::parse_endpoint(text);
  if (!parsed) throw std::invalid_argument(parsed.error().message);
  return *parsed;
}

FileVersion file_of(std::string_view where, std::string_view bytes) {
  media::FileScan scan("audio/mpeg");
  static_cast<void>(scan.update(as_bytes(bytes)));
  return make_file_version(url(where), scan.finish(), {{"Content-Type", "audio/mpeg"}});
}

std::string some_bytes(std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::string bytes(count, '\0');
  for (auto& byte : bytes) byte = static_cast<char>(random.below(256));
  return bytes;
}

}  // namespace alluvium::gateway::test
