#include "tests/support/fake_network.hpp"

#include "tests/support/fake_transfer.hpp"

#include <utility>

namespace alluvium::test {

void FakeNetwork::serve(std::string_view origin, Scripted server) {
  servers_.insert_or_assign(std::string(origin), Server(std::move(server)));
}

void FakeNetwork::serve(std::string_view origin, Script answer) {
  serve(origin, [answer = std::move(answer)](const http::Request&) { return answer; });
}

void FakeNetwork::serve(std::string_view origin, http::Handler& handler) {
  servers_.insert_or_assign(std::string(origin), Server(&handler));
}

void FakeNetwork::hang(std::string_view origin) {
  servers_.insert_or_assign(std::string(origin), Server(Silence{}));
}

void FakeNetwork::remove(std::string_view origin) {
  servers_.erase(std::string(origin));
}

void FakeNetwork::resolve(std::string_view host, const net::IpAddress& address) {
  names_.insert_or_assign(std::string(host), address);
}

const FakeNetwork::Server* FakeNetwork::server(const http::Url& url) const {
  const auto found = servers_.find(url.origin());
  return found == servers_.end() ? nullptr : &found->second;
}

net::IpAddress FakeNetwork::address(const http::Url& url) const {
  if (const auto literal = url.literal_address()) return *literal;
  const auto found = names_.find(url.host());
  return found == names_.end() ? net::IpAddress::v4(93, 184, 216, 34) : found->second;
}

std::unique_ptr<http::Transfer> FakeNetwork::start(http::ClientRequest request,
                                                   http::TransferObserver& observer) {
  requests_.push_back({time_.now(), request});
  return std::make_unique<FakeTransfer>(*this, std::move(request), observer);
}

std::vector<SentRequest> FakeNetwork::requests_to(std::string_view prefix) const {
  std::vector<SentRequest> found;
  for (const auto& sent : requests_) {
    if (sent.request.url.text().starts_with(prefix)) found.push_back(sent);
  }
  return found;
}

}  // namespace alluvium::test
