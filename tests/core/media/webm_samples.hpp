#pragma once

#include "core/base/bytes.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace alluvium::media::samples {

/// An EBML element, its size written in `size_bytes` (as few as do, if 0).
[[nodiscard]] Bytes element(std::uint32_t id, const Bytes& content, std::size_t size_bytes = 0);
/// One whose end is not told, as of a live stream.
[[nodiscard]] Bytes open_element(std::uint32_t id, const Bytes& content);
/// One that holds a number.
[[nodiscard]] Bytes number_element(std::uint32_t id, std::uint64_t value);

enum class TrackType : std::uint8_t { video = 1, audio = 2, subtitle = 17 };

/// What stands before the clusters: tracks are numbered from 1.
[[nodiscard]] Bytes webm_head(const std::vector<TrackType>& tracks, const char* type = "webm",
                              std::uint64_t tick_ns = 1'000'000);

[[nodiscard]] Bytes simple_block(std::uint8_t track, std::int16_t ticks, bool is_key,
                                 std::size_t bytes = 50);
[[nodiscard]] Bytes block_group(std::uint8_t track, std::int16_t ticks, bool is_key,
                                std::size_t bytes = 50);
/// `timestamp` and blocks.
[[nodiscard]] Bytes cluster(std::uint64_t timestamp, const std::vector<Bytes>& blocks,
                            bool is_open = false);

/// Pictures at 10 a second, a key picture with each cluster of two seconds, and sound at 20.
[[nodiscard]] Bytes film(std::size_t clusters, bool is_open = false);
/// Sound at 50 blocks a second, in clusters of five seconds.
[[nodiscard]] Bytes song(std::size_t clusters);

}  // namespace alluvium::media::samples
