#include "core/base/bytes.hpp"
#include "core/playlist/rss_reader.hpp"
#include "core/playlist/rss_writer.hpp"
#include "core/playlist/schedule.hpp"
#include "tests/fuzz/require.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace {

using namespace alluvium;
using fuzz::require;

/// A schedule answers for every instant, and what it says comes next is on when it has come.
void check_schedule(const playlist::Playlist& playlist) {
  // Later instants count as this one.
  const WallTime end_of_time = std::chrono::sys_days{std::chrono::year{10000} / 1 / 1};
  const playlist::Schedule schedule(playlist);
  for (const auto t : {WallTime::min(), WallTime(), WallTime::max()}) {
    const auto next = schedule.next_after(t);
    if (!next) continue;
    require(next->item < playlist.items.size());
    require(!next->end || next->start < *next->end);
    if (next->start < end_of_time) require(schedule.on_air(next->start) == next);
  }
}

}  // namespace

/// Whatever is read can be written and read again, and then it no longer changes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto base = http::Url::parse("http://h/list.rss").value();
  const auto first = playlist::read_rss(as_text(ByteView(data, size)), base);
  if (!first) {
    require(!first.error().message.empty());
    return 0;
  }
  check_schedule(first->playlist);
  const std::string written = playlist::write_rss(first->playlist, base.text());
  const auto second = playlist::read_rss(written, base);
  // Written out a playlist can be longer than it was, and only then may it be refused.
  if (!second) {
    require(written.size() > playlist::max_playlist_bytes);
    return 0;
  }
  require(second->playlist == first->playlist);
  return 0;
}
