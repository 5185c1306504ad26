#include "core/swarm/dated_client.hpp"

#include "core/http/response_head.hpp"

#include <utility>

namespace alluvium::swarm {

namespace {

/// Host, and port where it is not the usual one.
std::string name_of(const http::Url& url) {
  const std::string origin = url.origin();
  return origin.substr(origin.find("//") + 2);
}

}  // namespace

class DatedClient::DatedTransfer final : public http::Transfer, private http::TransferObserver {
 public:
  DatedTransfer(http::Client& client, const Clock& own, ClockKeeper& keeper,
                http::ClientRequest request, http::TransferObserver& observer)
      : asked_at_(own.now()), keeper_(keeper), observer_(observer) {
    http::TransferObserver& self = *this;
    transfer_ = client.start(std::move(request), self);
  }

 private:
  // Each call may destroy this object: nothing is touched after it.
  bool on_head(const http::ClientResponse& head) override {
    const auto date = http::parse_http_date(head.headers.find("Date").value_or(""));
    const bool is_fresh = head.headers.find("Age").value_or("0") == "0";
    if (date && is_fresh) keeper_.on_date(name_of(head.url), *date, asked_at_);
    return observer_.on_head(head);
  }
  bool on_body(ByteView bytes) override { return observer_.on_body(bytes); }
  void on_finished(std::optional<http::TransferError> error) override {
    observer_.on_finished(std::move(error));
  }

  Instant asked_at_;
  ClockKeeper& keeper_;
  http::TransferObserver& observer_;
  std::unique_ptr<http::Transfer> transfer_;
};

std::unique_ptr<http::Transfer> DatedClient::start(http::ClientRequest request,
                                                   http::TransferObserver& observer) {
  const auto address = request.url.literal_address();
  const bool is_peer = address && peers_.find({*address, request.url.port()}) != nullptr;
  if (is_peer) return client_.start(std::move(request), observer);
  return std::make_unique<DatedTransfer>(client_, own_, keeper_, std::move(request), observer);
}

}  // namespace alluvium::swarm
