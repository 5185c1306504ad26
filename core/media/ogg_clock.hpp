#pragma once

#include "core/media/ogg_codec.hpp"
#include "core/time/clock.hpp"

#include <cstdint>
#include <optional>

namespace alluvium::media {

/// Dates the pages of one logical Ogg stream by their granule positions, which count to a page's
/// end; its start is the end of the one before. Invariant: time never runs backwards, except by
/// `resume`.
class OggClock {
 public:
  OggClock() = default;
  /// The stream's first page of media comes next and starts at `begin`.
  OggClock(const OggCodec& codec, Duration begin) : codec_(codec), begin_(begin), now_(begin) {}

  struct Span {
    Duration start{};
    Duration duration{};
  };
  /// The next page of the stream: its raw granule position, and the units in packets ending there.
  /// A page on which none ends takes no time.
  Span page(std::uint64_t granule, std::uint64_t units);
  /// Some pages were left out; the next one is about `time`.
  void resume(Duration time);
  [[nodiscard]] Duration now() const { return now_; }

 private:
  [[nodiscard]] Duration time_at(std::uint64_t units) const;
  void place_first_page(std::uint64_t end, std::uint64_t units);
  void place_after_gap(std::uint64_t start);

  OggCodec codec_;
  Duration begin_{};
  Duration now_{};
  std::optional<std::uint64_t> origin_;    ///< Units at `begin_`.
  std::optional<std::uint64_t> previous_;  ///< Units at the end of the page before.
  bool is_resuming_ = false;
};

}  // namespace alluvium::media
