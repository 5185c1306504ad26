#pragma once

#include "core/time/clock.hpp"

#include <cstdint>

namespace alluvium::peer {

/// How much can be sent to others: what was sent, over the time in which there was something to
/// send. So a listener whom few ask is not taken for a slow one. Pure; value type.
class UploadMeter {
 public:
  /// One upload more, or fewer, has bytes that wait to go out.
  void on_begin(Instant now);
  void on_end(Instant now);
  void on_sent(std::uint64_t bytes) { bytes_ += bytes; }

  /// Bits a second since the last call; where too little was sent to say, as it was before. 0
  /// while nothing is known.
  [[nodiscard]] std::uint64_t measure(Instant now);

 private:
  unsigned under_way_ = 0;
  Instant since_{};  ///< Counted up to here, while anything is under way.
  Duration busy_{};
  std::uint64_t bytes_ = 0;
  std::uint64_t bits_per_second_ = 0;
};

}  // namespace alluvium::peer
