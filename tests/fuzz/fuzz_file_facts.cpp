#include "core/base/bytes.hpp"
#include "core/media/file_facts.hpp"
#include "tests/fuzz/require.hpp"

#include <cstddef>
#include <cstdint>

/// Whatever is read can be written and read again, and leads nowhere outside the file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace alluvium;
  using fuzz::require;
  const auto first = media::parse_file_facts(as_text(ByteView(data, size)));
  if (!first) {
    require(!first.error().message.empty());
    return 0;
  }
  const std::string json = media::to_json(*first);
  const auto second = media::parse_file_facts(json);
  require(second.ok());
  require(media::to_json(*second) == json);
  for (const int seconds : {-1, 0, 1, 100, 2'000'000'000}) {
    require(media::entry_point(*first, std::chrono::seconds(seconds)).offset <= first->length);
  }
  return 0;
}
