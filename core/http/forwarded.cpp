#include "core/http/forwarded.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <optional>

namespace alluvium::http {

namespace {

constexpr std::string_view token_marks = "!#$%&'*+-.^_`|~";
/// Without quotes a value should be a token; some proxies write ports and brackets like this.
constexpr std::string_view bare_marks = "!#$%&'*+-.^_`|~:[]";

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// Reads `Forwarded` strictly: in a list that a client began and a proxy went on with, leniency
/// would let an open quote of the one swallow what the other says.
class ForwardedReader {
 public:
  explicit ForwardedReader(std::string_view text) : text_(text) {}

  std::optional<std::vector<std::string>> read() {
    std::vector<std::string> hops;
    while (true) {
      skip_blanks();
      if (at_ < text_.size() && text_[at_] != ',') {
        auto hop = element();
        if (!hop) return std::nullopt;
        hops.push_back(std::move(*hop));
      }
      if (at_ == text_.size()) return hops;
      if (text_[at_++] != ',') return std::nullopt;
    }
  }

 private:
  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }

  std::string_view run_of(std::string_view marks) {
    const auto begin = at_;
    while (at_ < text_.size() &&
           (is_alphanumeric(text_[at_]) || marks.find(text_[at_]) != std::string_view::npos)) {
      ++at_;
    }
    return text_.substr(begin, at_ - begin);
  }

  /// `for=…;proto=…`, up to a comma or the end.
  std::optional<std::string> element() {
    std::optional<std::string> hop;
    while (true) {
      const auto name = run_of(token_marks);
      if (name.empty() || at_ == text_.size() || text_[at_++] != '=') return std::nullopt;
      auto said = value();
      if (!said) return std::nullopt;
      if (equal_ignoring_case(name, "for")) {
        if (hop) return std::nullopt;
        hop = std::move(said);
      }
      skip_blanks();
      if (at_ == text_.size() || text_[at_] == ',') return hop.value_or("");
      if (text_[at_++] != ';') return std::nullopt;
      skip_blanks();
    }
  }

  std::optional<std::string> value() {
    if (at_ == text_.size() || text_[at_] != '"') {
      const auto bare = run_of(bare_marks);
      if (bare.empty()) return std::nullopt;
      return std::string(bare);
    }
    std::string unquoted;
    while (++at_ < text_.size() && text_[at_] != '"') {
      if (text_[at_] == '\\' && ++at_ == text_.size()) return std::nullopt;
      unquoted += text_[at_];
    }
    if (at_ == text_.size()) return std::nullopt;
    ++at_;
    return unquoted;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

Error no_address(std::string_view text) {
  return Error{"the proxy does not name the address of whoever asks, but \"" + printable(text) +
               "\""};
}

}  // namespace

Result<std::vector<std::string>> parse_forwarded(std::string_view field) {
  auto hops = ForwardedReader(field).read();
  if (!hops) return Error{"the Forwarded field \"" + printable(field) + "\" makes no sense"};
  return std::move(*hops);
}

Result<net::IpAddress> parse_hop(std::string_view text) {
  std::string_view host = text;
  std::string_view port;
  if (host.starts_with('[')) {
    const auto closing = host.find(']');
    if (closing == std::string_view::npos) return no_address(text);
    port = host.substr(closing + 1);
    host = host.substr(1, closing - 1);
    if (host.find(':') == std::string_view::npos) return no_address(text);
  } else if (std::count(host.begin(), host.end(), ':') == 1) {
    port = host.substr(host.find(':'));
    host = host.substr(0, host.find(':'));
  }
  const auto number = port.empty() ? std::nullopt : parse_uint(port.substr(1));
  const bool is_port = port.starts_with(':') && number && *number <= 65'535;
  const auto address = net::IpAddress::parse(host);
  if (!address || !(port.empty() || is_port)) return no_address(text);
  return *address;
}

bool TrustedProxies::has(const net::IpAddress& address) const {
  return std::any_of(networks_.begin(), networks_.end(),
                     [&](const net::Network& network) { return network.contains(address); });
}

Result<net::IpAddress> TrustedProxies::last_stranger(const std::vector<std::string>& hops,
                                                     const net::IpAddress& caller) const {
  net::IpAddress last = caller;
  for (auto hop = hops.rbegin(); hop != hops.rend() && has(last); ++hop) {
    const auto address = parse_hop(*hop);
    if (!address) return address.error();
    last = *address;
  }
  return last;
}

Result<net::IpAddress> TrustedProxies::client_of(const Headers& headers,
                                                 const net::IpAddress& caller) const {
  if (!has(caller)) return caller;
  std::vector<std::string> forwarded;
  for (const auto field : headers.find_all("Forwarded")) {
    const auto hops = parse_forwarded(field);
    if (!hops) return hops.error();
    forwarded.insert(forwarded.end(), hops->begin(), hops->end());
  }
  std::vector<std::string> others;
  for (const auto field : headers.find_all("X-Forwarded-For")) {
    for (const auto hop : split(field, ',')) {
      if (!trimmed(hop).empty()) others.emplace_back(trimmed(hop));
    }
  }
  if (forwarded.empty()) return last_stranger(others, caller);
  const auto client = last_stranger(forwarded, caller);
  if (!client || others.empty()) return client;
  const auto other = last_stranger(others, caller);
  if (!other) return other.error();
  if (*client != *other) {
    return Error{
        "Forwarded and X-Forwarded-For name different addresses, and only one of them is "
        "the proxy's"};
  }
  return client;
}

std::unique_ptr<Exchange> BehindProxies::on_request(const Request& request, Responder& responder) {
  if (!proxies_.has(request.remote.address)) return inner_.on_request(request, responder);
  const auto client = proxies_.client_of(request.headers, request.remote.address);
  if (!client) {
    responder.send(text_response(400, client.error().message));
    return nullptr;
  }
  Request forwarded = request;
  if (*client != request.remote.address) forwarded.remote = {*client, 0};
  return inner_.on_request(forwarded, responder);
}

}  // namespace alluvium::http
