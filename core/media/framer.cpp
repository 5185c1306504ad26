#include "core/media/framer.hpp"

#include "core/media/framers.hpp"

namespace alluvium::media {

std::unique_ptr<Framer> make_framer(Format format, Duration duration, std::uint64_t length) {
  switch (format) {
    case Format::mp3:
      return make_mp3_framer();
    case Format::adts:
      return make_adts_framer();
    case Format::ogg:
      return make_ogg_framer(duration, length);
    case Format::webm:
      return make_webm_framer(duration, length);
    case Format::mpegts:
      return make_mpegts_framer(duration, length);
    case Format::opaque:
      break;
  }
  return make_opaque_framer(duration, length);
}

}  // namespace alluvium::media
