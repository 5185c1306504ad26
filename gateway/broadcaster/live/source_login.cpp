#include "gateway/broadcaster/live/source_login.hpp"

#include "core/base/bytes.hpp"
#include "core/base/text.hpp"
#include "core/hash/mac.hpp"
#include "core/net/client_of.hpp"

#include <algorithm>
#include <cstdint>

namespace alluvium::broadcaster {

namespace {

constexpr Duration longest_wait = std::chrono::minutes(1);
/// So long after its last fault a client is as good as new.
constexpr Duration forgotten_after = std::chrono::minutes(10);
/// Of more at a time the one that may try again soonest is forgotten.
constexpr std::size_t most_faults = 1'024;

std::optional<std::string> credentials_in(std::string_view authorization) {
  constexpr std::string_view scheme = "basic ";
  if (authorization.size() > 1'024) return std::nullopt;
  if (!equal_ignoring_case(authorization.substr(0, scheme.size()), scheme)) return std::nullopt;
  return decoded_base64(trimmed(authorization.substr(scheme.size())));
}

}  // namespace

SourceLogin::SourceLogin(std::string_view user, std::string_view password)
    : credentials_(hash::sha256(as_bytes(std::string(user).append(":").append(password)))) {}

SourceLogin::Verdict SourceLogin::judge(std::optional<std::string_view> authorization,
                                        const net::IpAddress& client, Instant now) {
  const auto given = authorization ? credentials_in(*authorization) : std::nullopt;
  if (!given) return Verdict::missing;
  const net::IpAddress who = net::client_of(client);
  const auto fault = faults_.find(who);
  if (fault != faults_.end() && now < fault->second.not_before) return Verdict::too_soon;
  const hash::Digest digest = hash::sha256(as_bytes(*given));
  if (hash::equal_in_constant_time(as_text(digest), as_text(credentials_))) {
    faults_.erase(who);
    return Verdict::right;
  }
  note_fault(who, now);
  return Verdict::wrong;
}

void SourceLogin::note_fault(const net::IpAddress& client, Instant now) {
  std::erase_if(faults_,
                [&](const auto& entry) { return entry.second.not_before + forgotten_after < now; });
  if (faults_.size() >= most_faults && faults_.count(client) == 0) {
    faults_.erase(std::min_element(
        faults_.begin(), faults_.end(),
        [](const auto& a, const auto& b) { return a.second.not_before < b.second.not_before; }));
  }
  Fault& fault = faults_[client];
  constexpr unsigned most_doublings = 6;
  const Duration wait = std::chrono::seconds(1U << std::min(fault.count, most_doublings));
  fault.not_before = now + std::min(wait, longest_wait);
  ++fault.count;
}

std::optional<std::string> decoded_base64(std::string_view text) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  if (text.size() % 4 == 1) return std::nullopt;
  std::string decoded;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : text) {
    const auto digit = digits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = (bits << 6 | static_cast<std::uint32_t>(digit)) & 0xffffU;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    decoded += static_cast<char>(bits >> count & 0xffU);
  }
  return decoded;
}

}  // namespace alluvium::broadcaster
