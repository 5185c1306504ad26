#pragma once

#include "core/base/workers.hpp"
#include "core/http/client.hpp"
#include "core/http/handler.hpp"
#include "core/time/clock.hpp"
#include "gateway/observer.hpp"
#include "gateway/storage.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace alluvium::gateway::test {

/// Virtual time: nothing happens until `advance` or `settle` is called. Also the workers, which do
/// their work there, on this thread.
class World final : public Clock, public Timers, public Workers {
 public:
  World() : state_(std::make_shared<State>()) {}

  Instant now() const override { return state_->now; }
  WallTime wall_now() const override;
  std::unique_ptr<Timer> make_timer(std::function<void()> on_fire) override;
  std::unique_ptr<Job> run(std::function<void()> work, std::function<void()> on_done) override;

  /// Something that happens when the world turns next, unless `token` is gone by then.
  void soon(std::weak_ptr<void> token, std::function<void()> call);
  /// Lets everything happen that needs no time.
  void settle();
  /// Lets time pass, timers firing in their order.
  void advance(Duration duration);

 private:
  struct Alarm {
    std::function<void()> on_fire;
    std::optional<Instant> due;
    std::uint64_t order = 0;
  };
  struct State {
    Instant now{};
    std::vector<std::weak_ptr<Alarm>> alarms;
    std::uint64_t armed = 0;
    std::deque<std::pair<std::weak_ptr<void>, std::function<void()>>> soon;
  };
  class FakeTimer;
  class FakeJob;

  bool fire_next(Instant until);

  std::shared_ptr<State> state_;
};

/// Origins, stations and peers: answers by URL, and a list of who was asked what.
class FakeClient final : public http::Client {
 public:
  explicit FakeClient(World& world) : world_(world) {}

  struct Answer {
    int status = 200;
    http::Headers headers;
    std::string body;
    std::optional<http::TransferError> error;  ///< After what stands above, if there is a body.
    bool never = false;                        ///< No answer at all.
  };
  /// For URLs without an answer the connection is refused.
  void answer(const std::string& url, Answer answer) { answers_[url] = std::move(answer); }
  /// A file with length and type, as a web server gives it.
  void serve(const std::string& url, const std::string& body, http::Headers headers = {});
  /// How often the URL was asked.
  [[nodiscard]] std::size_t count(const std::string& url) const;
  [[nodiscard]] const std::vector<http::ClientRequest>& requests() const { return requests_; }

  std::unique_ptr<http::Transfer> start(http::ClientRequest request,
                                        http::TransferObserver& observer) override;

 private:
  class FakeTransfer;

  World& world_;
  std::map<std::string, Answer> answers_;
  std::vector<http::ClientRequest> requests_;
};

/// The client's side of one request to a handler.
class Exchanged final : public http::Responder {
 public:
  /// Sends the request; the answer may come later.
  Exchanged(http::Handler& handler, http::Request request);

  void send(http::Response response) override;
  void begin(http::ResponseHead head, std::optional<std::uint64_t> content_length) override;
  void write(Slice bytes) override { body += as_text(bytes.view()); }
  void end() override {}
  void abort() override {}
  std::size_t queued_bytes() const override { return 0; }

  [[nodiscard]] bool answered() const { return answers == 1; }
  [[nodiscard]] std::string header(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> headers(std::string_view name) const;
  /// The client goes away.
  void hang_up() { exchange_.reset(); }

  int answers = 0;
  int status = 0;
  std::string body;
  std::optional<std::uint64_t> content_length;
  http::Headers head;

 private:
  std::unique_ptr<http::Exchange> exchange_;
};

/// A request as from 127.0.0.1 to a server at 127.0.0.1:80.
[[nodiscard]] http::Request request(std::string method, std::string target);

/// Remembers what it was told, as lines.
class Log final : public Observer {
 public:
  void on_file_known(const FileVersion& file) override { add("known", file.url); }
  void on_file_failed(const http::Url& url, std::string_view why) override {
    add("failed", url, why);
  }
  void on_file_not_kept(const http::Url& url, std::string_view why) override {
    add("not kept", url, why);
  }
  void on_station_failed(const http::Url& url, std::string_view why) override {
    add("station failed", url, why);
  }
  void on_coming_trouble(const ComingTrouble& trouble) override {
    add("coming", trouble.url, trouble.text);
  }
  void on_coming_settled(const ComingTrouble& trouble) override { add("settled", trouble.url); }
  void on_file_replaced(const FileVersion& by, const hash::TreeRoot&) override {
    add("replaced", by.url);
  }
  std::vector<std::string> lines;

 private:
  void add(std::string what, const http::Url& url, std::string_view why = {}) {
    lines.push_back(what + " " + url.text() + (why.empty() ? "" : ": " + std::string(why)));
  }
};

[[nodiscard]] http::Url url(std::string_view text);
[[nodiscard]] net::Endpoint endpoint(std::string_view text);
/// The file that these bytes are, as scanned from that URL.
[[nodiscard]] FileVersion file_of(std::string_view url, std::string_view bytes);
/// Bytes that differ from chunk to chunk and from seed to seed.
[[nodiscard]] std::string some_bytes(std::size_t count, std::uint64_t seed = 1);

}  // namespace alluvium::gateway::test
