#include "gateway/broadcaster/live/source_conversation.hpp"
#include "tests/fuzz/require.hpp"
#include "tests/gateway/broadcaster/live/recording_desk.hpp"

#include <cstddef>
#include <cstdint>

namespace {

using namespace alluvium;
using fuzz::require;

struct Heard {
  std::string log;
  std::string answer;
};

Heard hear(ByteView bytes, std::size_t step) {
  static const std::string mount = "/live";
  broadcaster::SourceLogin login("source", "correct horse");
  test::RecordingDesk desk;
  Heard heard;
  {
    broadcaster::SourceConversation conversation({mount, login, desk}, {});
    while (!bytes.empty()) {
      const auto part = bytes.first(std::min(step, bytes.size()));
      const auto reaction = conversation.feed(part, Instant());
      heard.answer += reaction.answer;
      require(!reaction.closes || !conversation.is_source());
      if (reaction.closes) break;
      bytes = bytes.subspan(part.size());
    }
  }
  heard.log = desk.log;
  return heard;
}

}  // namespace

/// What a source is answered, and what is heard of it, does not depend on how its bytes were cut;
/// and there is never more than one show.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes(data, size);
  const Heard whole = hear(bytes, size + 1);
  const Heard cut = hear(bytes, 1);
  require(whole.log == cut.log);
  require(whole.answer == cut.answer);
  return 0;
}
