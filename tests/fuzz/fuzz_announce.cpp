#include "core/base/bytes.hpp"
#include "gateway/alias_proof.hpp"
#include "gateway/announcement.hpp"
#include "tests/fuzz/require.hpp"

#include <cstddef>
#include <cstdint>

/// What is read keeps within the limits, and each availability in it reads back as it was.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace alluvium;
  using fuzz::require;
  const auto read = gateway::parse_announcement(as_text(ByteView(data, size)));
  if (!read) {
    require(!read.error().message.empty());
    return 0;
  }
  require(size <= gateway::max_announcement_bytes);
  require(read->port == 0 || read->port >= 1024);
  if (read->also) {
    require(read->port >= 1024 && read->also->address.port >= 1024);
    require(!read->also->token.empty() && read->also->token.size() <= gateway::max_token_bytes);
    // No such token was ever given.
    const reverse::GatewayTime now{};
    require(!gateway::is_proof("secret", read->also->address, read->also->token, now));
  }
  require(read->holdings.size() <= gateway::max_holdings);
  for (const auto& holding : read->holdings) {
    const auto again = gateway::Availability::parse(holding.available.text());
    require(again == holding.available);
    require(holding.available.covers(*again));
  }
  const auto is_in_order = [](const std::vector<ByteRange>& ranges) {
    for (std::size_t i = 0; i < ranges.size(); ++i) {
      if (ranges[i].empty() || (i > 0 && ranges[i].begin < ranges[i - 1].end)) return false;
    }
    return !ranges.empty();
  };
  if (read->wants) {
    require(read->wants->size() <= gateway::max_wants);
    for (const auto& want : *read->wants) {
      require(is_in_order(want.ranges));
      require(want.by >= Duration::zero() && want.by <= gateway::max_want_ahead);
    }
  }
  require(read->failures.size() <= gateway::max_failures);
  for (const auto& failure : read->failures) require(is_in_order(failure.ranges));
  return 0;
}
