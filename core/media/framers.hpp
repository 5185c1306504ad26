#pragma once

#include "core/media/framer.hpp"

#include <memory>

namespace alluvium::media {

/// The kinds of framer behind `make_framer`.
[[nodiscard]] std::unique_ptr<Framer> make_mp3_framer();
[[nodiscard]] std::unique_ptr<Framer> make_adts_framer();
/// `duration` and `length` date the pages of codecs whose granule positions are not understood.
[[nodiscard]] std::unique_ptr<Framer> make_ogg_framer(Duration duration, std::uint64_t length);
/// `duration` and `length` date what is not understood.
[[nodiscard]] std::unique_ptr<Framer> make_webm_framer(Duration duration, std::uint64_t length);
/// `duration` and `length` date the packets.
[[nodiscard]] std::unique_ptr<Framer> make_mpegts_framer(Duration duration, std::uint64_t length);
[[nodiscard]] std::unique_ptr<Framer> make_opaque_framer(Duration duration, std::uint64_t length);

}  // namespace alluvium::media
