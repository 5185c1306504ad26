#include "core/base/bytes.hpp"
#include "core/http/prefer.hpp"
#include "core/http/priority.hpp"
#include "core/http/range.hpp"
#include "core/http/response_head.hpp"
#include "core/net/address_rules.hpp"
#include "core/swarm/peer_hint.hpp"
#include "gateway/availability.hpp"
#include "tests/fuzz/require.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace {

using namespace alluvium;
using fuzz::require;

void check_ranges(std::string_view text) {
  for (const std::uint64_t total : {0ULL, 1ULL, 16'384ULL, 1ULL << 34, ~0ULL}) {
    const auto asked = http::parse_range(text, total);
    if (const auto* range = std::get_if<ByteRange>(&asked)) {
      require(!range->empty() && range->end <= total);
    }
  }
  if (const auto given = http::parse_content_range(text)) {
    require(!given->range.empty() && given->range.end <= given->total);
    const auto again =
        http::parse_content_range(http::format_content_range(given->range, given->total));
    require(again && again->range == given->range && again->total == given->total);
  }
  if (const auto ranges = http::parse_available_ranges(text)) {
    require(ranges->size() <= http::max_available_ranges);
    for (std::size_t i = 0; i < ranges->size(); ++i) {
      require(!(*ranges)[i].empty() && (i == 0 || (*ranges)[i - 1].end <= (*ranges)[i].begin));
    }
    require(http::parse_available_ranges(http::format_available_ranges(*ranges)) == ranges);
  }
  if (const auto available = gateway::Availability::parse(text)) {
    require(gateway::Availability::parse(available->text()) == available);
  }
}

void check_preferences(std::string_view text) {
  const http::Headers headers{{"Prefer", std::string(text)}, {"Priority", std::string(text)}};
  if (const auto said = http::preferred_wait(headers)) {
    require(said->wait.count() >= 0 && said->wait <= http::longest_wait);
  }
  require(http::urgency_of(headers) <= http::least_urgency);
  if (const auto date = http::parse_http_date(text)) {
    require(http::format_http_date(*date) == text);
  }
}

void check_addresses(std::string_view text) {
  if (const auto hint = swarm::parse_peer_hint(text)) {
    require(swarm::parse_peer_hint(swarm::format_peer_hint(*hint, {})) == hint);
  }
  if (const auto endpoint = net::parse_endpoint(text)) {
    const auto again = net::parse_endpoint(endpoint->text());
    require(again.ok() && *again == *endpoint);
  }
  if (const auto network = net::parse_network(text)) {
    require(network->prefix_bits >= 0 && network->prefix_bits <= 128);
    require(network->contains(network->base));
  }
  if (const auto root = hash::TreeRoot::from_urn(text)) {
    require(hash::TreeRoot::from_urn(root->urn()) == root);
  }
}

}  // namespace

/// Every parser of one field's value gets the same text: what one takes, the others must survive.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text(ByteView(data, size));
  check_ranges(text);
  check_preferences(text);
  check_addresses(text);
  return 0;
}
