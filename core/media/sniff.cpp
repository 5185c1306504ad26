#include "core/base/text.hpp"
#include "core/media/frame_header.hpp"
#include "core/media/framers.hpp"
#include "core/media/ogg_codec.hpp"
#include "core/media/ogg_page_finder.hpp"
#include "core/media/tags.hpp"
#include "core/media/webm.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

namespace alluvium::media {

namespace {

using namespace std::string_view_literals;

struct Sniffed {
  Format format = Format::opaque;
  std::string_view type = "application/octet-stream";
};

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

/// Containers that may hold frames, but not one behind the other.
bool is_other_container(ByteView bytes) {
  constexpr std::array beginnings = {"FLV\x01"sv, "\x30\x26\xb2\x75\x8e\x66\xcf\x11"sv, "NSVf"sv,
                                     "NSVs"sv, "fLaC"sv};
  const std::string_view text = as_text(bytes);
  const bool is_avi =
      text.size() > 8 && text.starts_with("RIFF") && text.substr(8).starts_with("AVI ");
  const bool is_mp4 = text.size() > 8 && text.substr(4).starts_with("ftyp");
  return is_avi || is_mp4 || std::any_of(beginnings.begin(), beginnings.end(), [&](auto magic) {
           return text.starts_with(magic);
         });
}

/// By the first packets of its streams (RFC 5334, 4).
std::string_view ogg_type(ByteView bytes) {
  constexpr std::array video = {"\x80theora"sv, "OVP80"sv, "BBCD\0"sv, "\x01video\0\0\0"sv};
  PageFinder finder;
  finder.feed(bytes);
  ogg_page page;
  std::uint64_t offset = 0;
  while (finder.next(page, offset) && ogg_page_bos(&page) != 0) {
    const std::string_view packet =
        as_text(ByteView(page.body, static_cast<std::size_t>(page.body_len)));
    const bool shows = std::any_of(video.begin(), video.end(),
                                   [&](auto magic) { return packet.starts_with(magic); });
    if (shows) return "video/ogg";
  }
  return "audio/ogg";
}

/// By document type and tracks, as far as they are here.
std::string_view webm_type(ByteView bytes) {
  constexpr std::uint32_t document_type = 0x4282;
  constexpr std::uint32_t track_entry = 0xae;
  constexpr std::uint32_t track_type = 0x83;
  bool is_webm = false;
  bool is_heard = false;
  bool is_seen = false;
  for (;;) {
    const EbmlReading reading = ebml_head_at(bytes);
    if (reading.state != EbmlReading::State::found) break;
    const EbmlHead& head = reading.head;
    bytes = bytes.subspan(head.bytes);
    const bool is_descended = head.id == webm::ebml || head.id == webm::segment ||
                              head.id == webm::tracks || head.id == track_entry;
    if (is_descended) continue;
    if (!head.size || *head.size > bytes.size()) break;
    const ByteView content = bytes.first(static_cast<std::size_t>(*head.size));
    if (head.id == document_type) is_webm = as_text(content) == "webm";
    if (head.id == track_type) (ebml_number(content) == 1 ? is_seen : is_heard) = true;
    bytes = bytes.subspan(content.size());
  }
  const bool is_sound = is_heard && !is_seen;
  if (is_webm) return is_sound ? "audio/webm" : "video/webm";
  return is_sound ? "audio/x-matroska" : "video/x-matroska";
}

Sniffed sniffed(ByteView bytes) {
  // Sooner or later anything looks like two frames.
  constexpr std::size_t frames_within = 4'096;
  const auto magic = [&](std::string_view text) { return as_text(bytes).starts_with(text); };
  if (magic("OggS")) return {Format::ogg, ogg_type(bytes)};
  if (magic("\x1a\x45\xdf\xa3")) return {Format::webm, webm_type(bytes)};
  if (is_mpegts(bytes)) return {Format::mpegts, "video/mp2t"};
  if (is_other_container(bytes)) return {};
  const ByteView first = bytes.first(std::min(bytes.size(), frames_within));
  const auto mpeg = first_frame(make_mp3_framer(), first);
  const auto adts = first_frame(make_adts_framer(), first);
  if (adts && (!mpeg || *adts < *mpeg)) return {Format::adts, "audio/aac"};
  // Behind a tag that is longer than what is seen there is most probably MPEG.
  const Tag tag = tag_at(bytes);
  const bool is_behind_tag = tag.state == Tag::State::found && tag.length >= first.size();
  if (mpeg || is_behind_tag) return {Format::mp3, "audio/mpeg"};
  return {};
}

bool is_one_of(std::string_view type, std::span<const std::string_view> types) {
  return std::find(types.begin(), types.end(), type) != types.end();
}

}  // namespace

Format format_of(std::string_view mime_type, ByteView first_bytes) {
  constexpr std::array mpeg = {"audio/mpeg"sv,   "audio/mp3"sv,   "audio/mpeg3"sv,
                               "audio/x-mpeg"sv, "audio/x-mp3"sv, "audio/mpa"sv};
  constexpr std::array adts = {"audio/aac"sv, "audio/aacp"sv, "audio/x-aac"sv};
  constexpr std::array ogg = {"audio/ogg"sv,    "application/ogg"sv, "video/ogg"sv,
                              "audio/vorbis"sv, "audio/opus"sv,      "application/x-ogg"sv};
  constexpr std::array webm = {"audio/webm"sv,       "video/webm"sv,     "audio/x-matroska"sv,
                               "video/x-matroska"sv, "audio/matroska"sv, "video/matroska"sv};
  const std::string type = to_lower(trimmed(mime_type.substr(0, mime_type.find(';'))));
  if (is_one_of(type, mpeg)) return Format::mp3;
  if (is_one_of(type, adts)) return Format::adts;
  if (is_one_of(type, ogg)) return Format::ogg;
  if (is_one_of(type, webm)) return Format::webm;
  if (type == "video/mp2t") return Format::mpegts;
  return sniffed(first_bytes).format;
}

std::string_view sniffed_type(ByteView first_bytes) {
  return sniffed(first_bytes).type;
}

}  // namespace alluvium::media
