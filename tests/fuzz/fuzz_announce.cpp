#include "core/base/bytes.hpp"
#include "gateway/announcement.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

/// What is read keeps within the limits, and each availability in it reads back as it was.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace alluvium;
  const auto read = gateway::parse_announcement(as_text(ByteView(data, size)));
  if (!read) {
    require(!read.error().message.empty());
    return 0;
  }
  require(size <= gateway::max_announcement_bytes);
  require(read->port == 0 || read->port >= 1024);
  require(read->holdings.size() <= gateway::max_holdings);
  for (const auto& holding : read->holdings) {
    const auto again = gateway::Availability::parse(holding.available.text());
    require(again == holding.available);
    require(holding.available.covers(*again));
  }
  return 0;
}
