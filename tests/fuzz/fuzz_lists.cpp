#include "gateway/broadcaster/check/file_check.hpp"
#include "gateway/broadcaster/grid/grid_file.hpp"
#include "gateway/broadcaster/library/catalogue.hpp"
#include "gateway/broadcaster/lists/feed.hpp"
#include "gateway/broadcaster/lists/lists.hpp"
#include "tests/fuzz/require.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

using namespace alluvium;
using fuzz::require;

/// Any bytes as a list, a feed, a weekly plan, a line of a catalogue and the beginning of a file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const http::Url base = http::Url::parse("http://me.example/feed").value();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto entries = broadcaster::parse_m3u(text)) {
    for (const auto& entry : *entries) require(!entry.location.empty());
  }
  if (const auto entries = broadcaster::parse_xspf(text)) {
    for (const auto& entry : *entries) require(!entry.location.empty());
  }
  if (const auto feed = broadcaster::parse_feed(text, base)) {
    for (const auto& entry : feed->entries) require(entry.length.value_or(1) > 0);
  }
  static_cast<void>(broadcaster::parse_grid(text, "/srv"));
  if (const auto entry = broadcaster::parse_catalogue_line(text)) {
    require(!entry->can_be_broadcast() || entry->file.facts.root.has_value());
    const std::string line = broadcaster::catalogue_line(*entry);
    require(broadcaster::catalogue_line(*broadcaster::parse_catalogue_line(line)) == line);
  }
  static_cast<void>(broadcaster::sample_rate_of({data, size}));
  return 0;
}
