#include "core/http/host_rule.hpp"
#include "core/http/range.hpp"
#include "core/http/request_parser.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

using namespace alluvium;

namespace {

struct Outcome {
  std::size_t complete = 0;
  bool refused = false;
  bool operator==(const Outcome&) const = default;
};

/// Feeds `bytes` in pieces of `step`, and looks at each request as a server would.
Outcome read(ByteView bytes, std::size_t step) {
  http::RequestParser parser({256, 1024, 8, 64});
  const auto rule = http::HostRule::any_literal();
  Outcome outcome;
  while (!bytes.empty()) {
    const auto piece = bytes.first(std::min(step, bytes.size()));
    const auto [result, consumed] = parser.feed(piece);
    if (result == http::RequestParser::Outcome::refused) {
      outcome.refused = true;
      return outcome;
    }
    if (result == http::RequestParser::Outcome::complete) {
      ++outcome.complete;
      const auto request = parser.take_request();
      if (request.target.empty() || request.body.size() > 64) std::abort();
      if (request.headers.fields().size() > 8) std::abort();
      static_cast<void>(rule.permits(request));
      static_cast<void>(http::parse_range(request.headers.find("Range"), 1000));
    }
    if (consumed == 0) std::abort();
    bytes = bytes.subspan(consumed);
  }
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // How the bytes are cut must not matter.
  if (read({data, size}, size + 1) != read({data, size}, 1)) std::abort();
  return 0;
}
