#include "core/base/bytes.hpp"
#include "core/swarm/announce_message.hpp"
#include "tests/fuzz/require.hpp"

#include <cstddef>
#include <cstdint>

/// What a gateway says can neither stall nor storm a listener.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace alluvium;
  using namespace std::chrono_literals;
  using fuzz::require;
  const auto read = swarm::parse_announce_answer(as_text(ByteView(data, size)));
  if (!read) {
    require(!read.error().message.empty());
    return 0;
  }
  require(size <= 256 * 1024);
  require(read->expires >= 5s && read->expires <= 1h);
  require(read->interval >= 250ms && read->interval <= 60s);
  require(read->escape_bytes <= 16 * 1024 * 1024);
  if (read->proof) {
    require(!read->proof->token.empty() && read->proof->token.size() <= 256);
    for (const char c : read->proof->token) require(c > 0x20 && c < 0x7f);
  }
  if (!read->from) return 0;
  for (const auto& told : *read->from) {
    require(!told.ranges.empty());
    for (std::size_t i = 0; i < told.ranges.size(); ++i) {
      require(!told.ranges[i].empty());
      require(i == 0 || told.ranges[i - 1].end <= told.ranges[i].begin);
    }
  }
  return 0;
}
