#include "gateway/companions/locked_fetches.hpp"

#include <optional>
#include <utility>

namespace alluvium::gateway {

namespace {

constexpr Duration ask_again_after = std::chrono::milliseconds(250);

bool is_of_the_whole(const http::ClientRequest& request) {
  return request.method == "GET" && !request.headers.has("If-None-Match") &&
         !request.headers.has("If-Modified-Since");
}

}  // namespace

/// Waits for the lock, then is the transfer, and keeps the lock as long.
class LockedFetches::LockedTransfer final : public http::Transfer, private http::TransferObserver {
 public:
  LockedTransfer(LockedFetches& owner, http::ClientRequest request,
                 http::TransferObserver& observer)
      : owner_(owner),
        request_(std::move(request)),
        name_(request_.url.text()),
        observer_(observer),
        give_up_(owner.surroundings_.clock.now() + longest_wait),
        timer_(owner.surroundings_.timers.make_timer([this] { ask(); })) {
    ask();
  }
  ~LockedTransfer() override {
    if (has_lock_) owner_.surroundings_.store.unlock(name_, owner_.id_);
  }
  LockedTransfer(const LockedTransfer&) = delete;
  LockedTransfer& operator=(const LockedTransfer&) = delete;

 private:
  using Self = std::weak_ptr<LockedTransfer*>;

  /// For the lock, or for more of it.
  void ask() {
    owner_.surroundings_.store.lock(name_, owner_.id_, term,
                                    [self = Self(self_)](std::optional<bool> is_mine) {
                                      if (const auto alive = self.lock()) {
                                        (*alive)->on_reply(is_mine);
                                      }
                                    });
  }

  void on_reply(std::optional<bool> is_mine) {
    has_lock_ = is_mine.value_or(false);
    if (has_lock_) timer_->arm(term / 4);
    if (transfer_) return;
    const bool waits = is_mine && !*is_mine && owner_.surroundings_.clock.now() < give_up_;
    if (waits) {
      has_waited_ = true;
      return timer_->arm(ask_again_after);
    }
    if (!has_waited_) return begin();
    owner_.look_again_(request_.url, [self = Self(self_)](bool is_known) {
      if (const auto alive = self.lock()) (*alive)->on_looked(is_known);
    });
  }

  void on_looked(bool is_known) {
    if (transfer_) return;
    if (!is_known) return begin();
    end();
    // As nothing is wrong with the origin.
    const Self self = self_;
    observer_.on_head({304, {}, request_.url, {}});
    if (self.expired()) return;
    observer_.on_finished(http::TransferError{http::TransferFailure::unwanted,
                                              "another gateway has fetched it meanwhile"});
  }

  void begin() { transfer_ = owner_.surroundings_.client.start(std::move(request_), *this); }

  void end() {
    timer_->disarm();
    if (std::exchange(has_lock_, false)) {
      owner_.surroundings_.store.unlock(name_, owner_.id_);
    }
  }

  bool on_head(const http::ClientResponse& head) override { return observer_.on_head(head); }
  bool on_body(ByteView bytes) override { return observer_.on_body(bytes); }
  void on_finished(std::optional<http::TransferError> error) override {
    if (error) {
      end();
    } else if (std::exchange(has_lock_, false)) {
      timer_->disarm();
      owner_.surroundings_.store.lock(name_, owner_.id_, saved_within, [](std::optional<bool>) {});
    }
    observer_.on_finished(std::move(error));
  }

  LockedFetches& owner_;
  http::ClientRequest request_;
  std::string name_;
  http::TransferObserver& observer_;
  Instant give_up_;
  bool has_lock_ = false;
  bool has_waited_ = false;
  std::unique_ptr<Timer> timer_;
  std::unique_ptr<http::Transfer> transfer_;
  /// Replies find nobody once it is gone.
  std::shared_ptr<LockedTransfer*> self_ = std::make_shared<LockedTransfer*>(this);
};

LockedFetches::LockedFetches(const Surroundings& surroundings, std::string id, LookAgain look_again)
    : surroundings_(surroundings), id_(std::move(id)), look_again_(std::move(look_again)) {}

std::unique_ptr<http::Transfer> LockedFetches::start(http::ClientRequest request,
                                                     http::TransferObserver& observer) {
  if (!is_of_the_whole(request)) {
    return surroundings_.client.start(std::move(request), observer);
  }
  return std::make_unique<LockedTransfer>(*this, std::move(request), observer);
}

}  // namespace alluvium::gateway
