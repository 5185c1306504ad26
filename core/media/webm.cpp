#include "core/media/webm.hpp"

#include "core/media/scale.hpp"

#include <algorithm>
#include <array>

namespace alluvium::media {

namespace {

constexpr std::uint32_t timestamp_scale = 0x2ad7b1;
constexpr std::uint32_t track_entry = 0xae;
constexpr std::uint32_t track_number = 0xd7;
constexpr std::uint32_t track_type = 0x83;
constexpr std::uint32_t block = 0xa1;
constexpr std::uint32_t reference_block = 0xfb;

constexpr std::uint64_t video = 1;
constexpr std::uint64_t audio = 2;

/// `ticks` after `base`, which may be negative, but no time is.
std::uint64_t shifted(std::uint64_t base, std::int16_t ticks) {
  const auto back = static_cast<std::uint64_t>(-std::int32_t{std::min<std::int16_t>(ticks, 0)});
  return ticks >= 0 ? base + static_cast<std::uint64_t>(ticks) : base - std::min(base, back);
}

}  // namespace

bool webm::is_beside_blocks(std::uint32_t id) {
  constexpr std::array<std::uint32_t, 14> ids = {
      0xec,       0xbf,  // Void, CRC-32
      0xa7,       0xab,       0xaf,
      0x5854,  // Position, PrevSize, EncryptedBlock, SilentTracks
      0x114d9b74, info,       tracks,
      0x1c53bb6b,                          // SeekHead, Info, Tracks, Cues
      0x1941a469, 0x1043a770, 0x1254c367,  // Attachments, Chapters, Tags
      timestamp};
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

void WebmTracks::read_info(ByteView content) {
  constexpr std::uint64_t second_ns = 1'000'000'000;
  for_each_ebml_child(content, [&](std::uint32_t id, ByteView value) {
    if (id != timestamp_scale) return;
    tick_ns_ = std::clamp<std::uint64_t>(ebml_number(value), 1, second_ns);
  });
}

void WebmTracks::read_tracks(ByteView content) {
  constexpr std::size_t max_tracks = 64;
  for_each_ebml_child(content, [&](std::uint32_t id, ByteView entry) {
    if (id != track_entry || tracks_.size() == max_tracks) return;
    Track track;
    for_each_ebml_child(entry, [&](std::uint32_t field, ByteView value) {
      if (field == track_number) track.number = ebml_number(value);
      if (field == track_type) track.type = ebml_number(value);
    });
    tracks_.push_back(track);
  });
}

bool WebmTracks::has_video() const {
  return std::any_of(tracks_.begin(), tracks_.end(),
                     [](const Track& t) { return t.type == video; });
}

bool WebmTracks::is_video(std::uint64_t track) const {
  return std::any_of(tracks_.begin(), tracks_.end(),
                     [&](const Track& t) { return t.number == track && t.type == video; });
}

bool WebmTracks::tells_time(std::uint64_t track) const {
  return std::any_of(tracks_.begin(), tracks_.end(), [&](const Track& t) {
    return t.number == track && (t.type == video || t.type == audio);
  });
}

Duration WebmTracks::time_of_ticks(std::uint64_t ticks) const {
  return time_of(ticks, 1'000'000'000, tick_ns_);
}

std::optional<WebmBlock> parse_simple_block(ByteView content) {
  // The track's number is written as sizes are.
  if (content.empty()) return std::nullopt;
  const auto track_bytes = static_cast<std::size_t>(std::countl_zero(content[0])) + 1;
  constexpr std::size_t fixed_bytes = 3;
  if (track_bytes > 8 || content.size() < track_bytes + fixed_bytes) return std::nullopt;
  WebmBlock found;
  found.track =
      ebml_number(content.first(track_bytes)) & ((std::uint64_t{1} << 7 * track_bytes) - 1);
  found.ticks = static_cast<std::int16_t>(content[track_bytes] << 8 | content[track_bytes + 1]);
  found.is_key = (content[track_bytes + 2] & 0x80) != 0;
  return found;
}

std::optional<WebmBlock> parse_block_group(ByteView content) {
  std::optional<WebmBlock> found;
  bool refers = false;
  while (!content.empty()) {
    const EbmlReading reading = ebml_head_at(content);
    if (reading.state != EbmlReading::State::found || !reading.head.size) break;
    content = content.subspan(reading.head.bytes);
    if (reading.head.id == block && !found) {
      found = parse_simple_block(content);
      if (!found) break;
    }
    refers = refers || reading.head.id == reference_block;
    content = content.subspan(
        static_cast<std::size_t>(std::min<std::uint64_t>(*reading.head.size, content.size())));
  }
  if (found) found->is_key = !refers;
  return found;
}

std::optional<ClusterStart> cluster_start(ByteView bytes, const WebmTracks& tracks, bool is_all) {
  using State = EbmlReading::State;
  ClusterStart start;
  const auto undecided = [&] { return is_all ? std::optional(start) : std::nullopt; };
  EbmlReading reading = ebml_head_at(bytes);
  if (reading.state == State::unclear) return undecided();
  if (reading.state == State::invalid || reading.head.id != webm::cluster) return start;

  std::optional<std::uint64_t> base;
  bool has_time = false;
  bytes = bytes.subspan(reading.head.bytes);
  for (;;) {
    reading = ebml_head_at(bytes);
    if (reading.state == State::unclear) return undecided();
    const EbmlHead& head = reading.head;
    const bool is_block = head.id == webm::simple_block || head.id == webm::block_group;
    const bool is_inside = is_block || webm::is_beside_blocks(head.id);
    if (reading.state == State::invalid || !is_inside || !head.size) return start;
    bytes = bytes.subspan(head.bytes);

    const bool is_whole = *head.size <= bytes.size();
    const ByteView content =
        bytes.first(static_cast<std::size_t>(std::min<std::uint64_t>(*head.size, bytes.size())));
    const bool suffices = head.id == webm::simple_block && content.size() >= block_head_bytes;
    if (!is_whole && !suffices) return undecided();
    if (head.id == webm::timestamp) {
      start.is_cluster = true;
      base = ebml_number(content);
      if (!has_time) start.ticks = *base;
    }
    if (is_block && base) {
      const auto found =
          head.id == webm::simple_block ? parse_simple_block(content) : parse_block_group(content);
      if (!found) return start;
      if (!has_time && tracks.tells_time(found->track)) {
        start.ticks = shifted(*base, found->ticks);
        has_time = true;
      }
      const bool decides =
          tracks.has_video() ? tracks.is_video(found->track) : tracks.tells_time(found->track);
      if (decides) {
        start.is_entry = found->is_key || !tracks.has_video();
        return start;
      }
    }
    if (!is_whole) return undecided();
    bytes = bytes.subspan(content.size());
  }
}

}  // namespace alluvium::media
