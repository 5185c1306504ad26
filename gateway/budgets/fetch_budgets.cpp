#include "gateway/budgets/fetch_budgets.hpp"

#include "core/base/text.hpp"

#include <algorithm>

namespace alluvium::gateway {

namespace {

constexpr Duration hour = std::chrono::hours(1);
constexpr Duration day = std::chrono::hours(24);

}  // namespace

std::optional<FetchBudgets::Refusal> FetchBudgets::take_url(std::string_view host,
                                                            std::optional<net::IpAddress> client,
                                                            Instant now) {
  return take(&Purse::urls, host, client, now);
}

std::optional<FetchBudgets::Refusal> FetchBudgets::take_check(std::string_view host,
                                                              std::optional<net::IpAddress> client,
                                                              Instant now) {
  return take(&Purse::checks, host, client, now);
}

std::optional<FetchBudgets::Refusal> FetchBudgets::take(Allowance Purse::*what,
                                                        std::string_view host,
                                                        std::optional<net::IpAddress> client,
                                                        Instant now) {
  Host& there = host_at(host, now);
  Purse& purse = client ? there.clients : there.stations;
  Allowance& of_host = purse.*what;
  Allowance after = of_host;
  if (!after.take(1, limits_.new_urls_per_host, hour, now)) return Refusal::host_urls;
  if (client &&
      !client_at(net::client_of(*client), now).take(1, limits_.new_urls_per_client, hour, now))
    return Refusal::client_urls;
  of_host = after;
  return std::nullopt;
}

bool FetchBudgets::take_bytes(std::string_view host, std::uint64_t bytes, Purpose purpose,
                              Instant now) {
  Host& there = host_at(host, now);
  Purse& purse = purpose == Purpose::client ? there.clients : there.stations;
  return purse.bytes.take(bytes, limits_.bytes_per_host, day, now);
}

bool FetchBudgets::Purse::is_unused(Instant now) const {
  return urls.is_unused(hour, now) && checks.is_unused(hour, now) && bytes.is_unused(day, now);
}

bool FetchBudgets::has_slot(std::string_view host) const {
  if (running_ >= limits_.concurrent) return false;
  const auto there = running_at_.find(host);
  return there == running_at_.end() || there->second < limits_.concurrent_per_host;
}

void FetchBudgets::begin(std::string_view host) {
  ++running_;
  ++running_at_[std::string(host)];
}

void FetchBudgets::end(std::string_view host) {
  const auto there = running_at_.find(host);
  if (there == running_at_.end()) return;
  --running_;
  if (--there->second == 0) running_at_.erase(there);
}

FetchBudgets::Host& FetchBudgets::host_at(std::string_view host, Instant now) {
  if (const auto known = hosts_.find(host); known != hosts_.end()) return known->second;
  if (hosts_.size() >= most_hosts) {
    std::erase_if(hosts_, [&](const auto& entry) {
      return entry.second.clients.is_unused(now) && entry.second.stations.is_unused(now);
    });
    if (hosts_.size() >= most_hosts) return other_hosts_;
  }
  return hosts_[std::string(host)];
}

Allowance& FetchBudgets::client_at(const net::IpAddress& client, Instant now) {
  if (const auto known = clients_.find(client); known != clients_.end()) return known->second;
  if (clients_.size() >= most_clients) {
    std::erase_if(clients_, [&](const auto& entry) { return entry.second.is_unused(hour, now); });
    if (clients_.size() >= most_clients) return other_clients_;
  }
  return clients_[client];
}

bool is_permitted_type(const std::vector<std::string>& types, std::string_view content_type) {
  const std::string type = to_lower(trimmed(content_type.substr(0, content_type.find(';'))));
  if (type.empty()) return true;
  return std::any_of(types.begin(), types.end(), [&](const std::string& permitted) {
    if (permitted == "*/*" || permitted == type) return true;
    return permitted.ends_with("/*") &&
           type.starts_with(std::string_view(permitted).substr(0, permitted.size() - 1));
  });
}

}  // namespace alluvium::gateway
