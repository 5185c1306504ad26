#include "core/base/bytes.hpp"
#include "core/time/w3cdtf.hpp"
#include "tests/fuzz/require.hpp"

#include <cstddef>
#include <cstdint>

/// Whatever is read can be written, and reads back as the same instant.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace alluvium;
  using fuzz::require;
  const auto read = parse_w3cdtf(as_text(ByteView(data, size)));
  if (!read) {
    require(!read.error().message.empty());
    return 0;
  }
  const auto again = parse_w3cdtf(format_w3cdtf(read->time));
  require(again.ok() && again->time == read->time && !again->zone_missing);
  return 0;
}
