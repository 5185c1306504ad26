#include "core/media/framer.hpp"

#include "core/base/text.hpp"
#include "core/media/frame_header.hpp"
#include "core/media/framers.hpp"
#include "core/media/tags.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace alluvium::media {

namespace {

bool is_one_of(std::string_view type, std::span<const std::string_view> types) {
  return std::find(types.begin(), types.end(), type) != types.end();
}

std::optional<std::uint64_t> first_frame(std::unique_ptr<Framer> framer, ByteView bytes) {
  framer->feed(bytes);
  framer->finish();
  const auto piece = framer->next();
  return piece ? std::optional(piece->offset) : std::nullopt;
}

/// The first three packets of a transport stream begin with its sync byte (ISO 13818-1, 2.4.3.2).
bool is_mpegts(ByteView bytes) {
  constexpr std::size_t packet_bytes = 188;
  return bytes.size() > 2 * packet_bytes && bytes[0] == 0x47 && bytes[packet_bytes] == 0x47 &&
         bytes[2 * packet_bytes] == 0x47;
}

Format sniffed_format(ByteView bytes) {
  if (as_text(bytes).substr(0, 4) == "OggS") return Format::ogg;
  if (is_mpegts(bytes)) return Format::mpegts;
  const auto mpeg = first_frame(make_mp3_framer(), bytes);
  const auto adts = first_frame(make_adts_framer(), bytes);
  if (adts && (!mpeg || *adts < *mpeg)) return Format::adts;
  // Behind a tag that is longer than what is seen there is most probably MPEG.
  const Tag tag = tag_at(bytes);
  const bool is_behind_tag = tag.state == Tag::State::found && tag.length >= bytes.size();
  return mpeg || is_behind_tag ? Format::mp3 : Format::opaque;
}

}  // namespace

Format format_of(std::string_view mime_type, ByteView first_bytes) {
  using namespace std::string_view_literals;
  constexpr std::array mpeg = {"audio/mpeg"sv,   "audio/mp3"sv,   "audio/mpeg3"sv,
                               "audio/x-mpeg"sv, "audio/x-mp3"sv, "audio/mpa"sv};
  constexpr std::array adts = {"audio/aac"sv, "audio/aacp"sv, "audio/x-aac"sv};
  constexpr std::array ogg = {"audio/ogg"sv,    "application/ogg"sv, "video/ogg"sv,
                              "audio/vorbis"sv, "audio/opus"sv,      "application/x-ogg"sv};
  const std::string type = to_lower(trimmed(mime_type.substr(0, mime_type.find(';'))));
  if (is_one_of(type, mpeg)) return Format::mp3;
  if (is_one_of(type, adts)) return Format::adts;
  if (is_one_of(type, ogg)) return Format::ogg;
  if (type == "video/mp2t") return Format::mpegts;
  return sniffed_format(first_bytes);
}

std::string_view sniffed_type(ByteView first_bytes) {
  switch (sniffed_format(first_bytes)) {
    case Format::mp3:
      return "audio/mpeg";
    case Format::adts:
      return "audio/aac";
    case Format::ogg:
      return "audio/ogg";
    case Format::mpegts:
      return "video/mp2t";
    case Format::opaque:
      break;
  }
  return "application/octet-stream";
}

std::unique_ptr<Framer> make_framer(Format format, Duration duration, std::uint64_t length) {
  switch (format) {
    case Format::mp3:
      return make_mp3_framer();
    case Format::adts:
      return make_adts_framer();
    case Format::ogg:
      return make_ogg_framer(duration, length);
    case Format::mpegts:
      return make_mpegts_framer(duration, length);
    case Format::opaque:
      break;
  }
  return make_opaque_framer(duration, length);
}

}  // namespace alluvium::media
