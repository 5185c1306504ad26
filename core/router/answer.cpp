#include "core/router/answer.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace alluvium::router {

namespace {

constexpr std::size_t longest_word = 400;
constexpr std::string_view granted = "granted";

template <typename Value, std::size_t count>
using Names = std::array<std::pair<std::string_view, Value>, count>;

constexpr Names<MapPort, 3> ways = {
    {{"auto", MapPort::automatic}, {"upnp", MapPort::upnp}, {"nat-pmp", MapPort::nat_pmp}}};
constexpr Names<Protocol, 2> protocols = {
    {{"nat-pmp", Protocol::nat_pmp}, {"upnp", Protocol::upnp}}};
constexpr Names<Failure, 6> failures = {{{"no-router", Failure::no_router},
                                         {"no-answer", Failure::no_answer},
                                         {"elsewhere", Failure::elsewhere},
                                         {"nonsense", Failure::nonsense},
                                         {"refused", Failure::refused},
                                         {"overdue", Failure::overdue}}};

template <typename Value, std::size_t count>
std::string word(const Names<Value, count>& names, Value value) {
  const auto found = std::find_if(names.begin(), names.end(),
                                  [&](const auto& name) { return name.second == value; });
  return found == names.end() ? std::string() : std::string(found->first);
}

template <typename Value, std::size_t count>
std::optional<Value> value(const Names<Value, count>& names, std::string_view text) {
  for (const auto& [name, meant] : names) {
    if (name == text) return meant;
  }
  return std::nullopt;
}

template <typename Number>
std::optional<Number> number(std::string_view text) {
  const auto parsed = parse_uint(text);
  if (!parsed || *parsed > std::numeric_limits<Number>::max()) return std::nullopt;
  return static_cast<Number>(*parsed);
}

/// `PROTOCOL granted PORT SECONDS [URL SERVICE]`
std::optional<Mapping> parse_mapping(const std::vector<std::string_view>& words) {
  if (words.size() != 4 && words.size() != 6) return std::nullopt;
  const auto protocol = value(protocols, words[0]);
  const auto port = number<std::uint16_t>(words[2]);
  const auto seconds = number<std::uint32_t>(words[3]);
  if (!protocol || words[1] != granted || !port || *port == 0 || !seconds) return std::nullopt;
  if ((*protocol == Protocol::upnp) != (words.size() == 6)) return std::nullopt;
  Mapping mapping{*protocol, 0, *port, std::chrono::seconds(*seconds), {}, {}};
  if (words.size() == 6) {
    if (!is_plain_word(words[4]) || !is_plain_word(words[5])) return std::nullopt;
    mapping.control_url = words[4];
    mapping.service = words[5];
  }
  return mapping;
}

/// `PROTOCOL FAILURE CODE`
std::optional<FailedAttempt> parse_failure(const std::vector<std::string_view>& words) {
  if (words.size() != 3) return std::nullopt;
  const auto protocol = value(protocols, words[0]);
  const auto failure = value(failures, words[1]);
  const auto code = number<std::uint16_t>(words[2]);
  if (!protocol || !failure || !code) return std::nullopt;
  return FailedAttempt{*protocol, *failure, *code};
}

}  // namespace

bool is_plain_word(std::string_view text) {
  return !text.empty() && text.size() <= longest_word &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

std::vector<std::string> to_arguments(const Errand& errand) {
  const PortRequest& request = errand.request;
  std::vector<std::string> words = {word(ways, request.how), std::to_string(request.internal_port),
                                    std::to_string(request.external_port),
                                    std::to_string(request.lifetime.count())};
  if (!errand.control_url.empty()) {
    words.push_back(errand.control_url);
    words.push_back(errand.service);
  }
  return words;
}

std::optional<Errand> parse_errand(std::span<const std::string_view> words) {
  if (words.size() != 4 && words.size() != 6) return std::nullopt;
  const auto how = value(ways, words[0]);
  const auto internal_port = number<std::uint16_t>(words[1]);
  const auto external_port = number<std::uint16_t>(words[2]);
  const auto seconds = number<std::uint32_t>(words[3]);
  if (!how || !internal_port || !external_port || !seconds) return std::nullopt;
  if (*internal_port == 0 || *external_port == 0) return std::nullopt;
  Errand errand{{*how, *internal_port, *external_port, std::chrono::seconds(*seconds)}, {}, {}};
  if (words.size() == 6) {
    if (!is_plain_word(words[4]) || !is_plain_word(words[5])) return std::nullopt;
    errand.control_url = words[4];
    errand.service = words[5];
  }
  return errand;
}

std::string to_line(const FailedAttempt& attempt) {
  return word(protocols, attempt.protocol) + " " + word(failures, attempt.failure) + " " +
         std::to_string(attempt.code) + "\n";
}

std::string to_line(const Mapping& mapping) {
  std::string line = word(protocols, mapping.protocol) + " " + std::string(granted) + " " +
                     std::to_string(mapping.external_port) + " " +
                     std::to_string(mapping.lifetime.count());
  if (mapping.protocol == Protocol::upnp) line += " " + mapping.control_url + " " + mapping.service;
  return line + "\n";
}

Outcome parse_outcome(std::string_view lines, MapPort how) {
  std::vector<Protocol> unheard;
  if (how != MapPort::upnp) unheard.push_back(Protocol::nat_pmp);
  if (how != MapPort::nat_pmp) unheard.push_back(Protocol::upnp);
  Outcome outcome;
  for (const std::string_view line : split(lines, '\n')) {
    const auto words = split(line, ' ');
    if (outcome.mapping || words.size() > 6) continue;
    outcome.mapping = parse_mapping(words);
    const auto failure = parse_failure(words);
    if (failure && std::erase(unheard, failure->protocol) > 0) outcome.failed.push_back(*failure);
  }
  if (outcome.mapping) return outcome;
  for (const Protocol protocol : unheard) {
    outcome.failed.push_back({protocol, Failure::overdue, 0});
  }
  return outcome;
}

}  // namespace alluvium::router
