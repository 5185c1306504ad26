#pragma once

#include "tests/support/fake_network.hpp"

#include <deque>
#include <optional>

namespace alluvium::test {

/// One exchange on a FakeNetwork: what the server says waits in a queue and reaches the observer
/// when its time has come. Owned by whoever started it.
class FakeTransfer final : public http::Transfer, private http::Responder {
 public:
  FakeTransfer(FakeNetwork& network, http::ClientRequest request, http::TransferObserver& observer);
  ~FakeTransfer() override;

 private:
  struct Head {
    http::ResponseHead head;
  };
  struct End {
    std::optional<http::TransferError> error;
  };
  struct Silence {};
  struct Step {
    Duration after;  ///< The step before.
    std::variant<Head, Slice, End, Silence> what;
  };

  void connect();
  void play(const Script& script);
  void push(Duration after, std::variant<Head, Slice, End, Silence> what);
  void arm_next();
  void deliver();
  /// While the network is down nothing gets through; true if so.
  bool is_lost();
  void deliver_head(const http::ResponseHead& head);
  void deliver_body(const Slice& bytes);
  bool follow(const http::ResponseHead& head);
  void fail(http::TransferFailure failure, std::string message);
  void finish(std::optional<http::TransferError> error);
  void note_activity();

  void send(http::Response response) override;
  void begin(http::ResponseHead head, std::optional<std::uint64_t> content_length) override;
  void write(Slice bytes) override;
  void end() override;
  void abort() override;
  [[nodiscard]] std::size_t queued_bytes() const override { return queued_bytes_; }

  FakeNetwork& network_;
  http::ClientRequest request_;
  http::TransferObserver& observer_;
  http::Url url_;
  int redirects_ = 0;
  bool has_ended_ = false;
  bool is_connecting_ = false;
  std::deque<Step> steps_;
  std::size_t queued_bytes_ = 0;
  std::uint64_t body_bytes_ = 0;
  /// Still to come, if the server said how much.
  std::optional<std::uint64_t> promised_;
  std::optional<std::uint64_t> announced_;
  Duration retry_after_{};  ///< Doubles with each loss; zero once something has got through.
  std::unique_ptr<Timer> next_;
  std::unique_ptr<Timer> stall_;
  std::unique_ptr<Timer> total_;
  std::unique_ptr<http::Exchange> exchange_;
  /// Gone once this object is, which any call to the observer may bring about.
  std::shared_ptr<char> life_ = std::make_shared<char>();
};

}  // namespace alluvium::test
