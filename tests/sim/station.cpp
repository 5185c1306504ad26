#include "tests/sim/station.hpp"

#include "core/base/random.hpp"
#include "core/media/file_scan.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>

namespace alluvium::sim {

namespace {

constexpr std::uint64_t samples_per_second = 44'100;
constexpr std::array<std::uint64_t, 15> kbits = {0,   32,  40,  48,  56,  64,  80, 96,
                                                 112, 128, 160, 192, 224, 256, 320};

http::Url url(const std::string& text) {
  auto parsed = http::Url::parse(text);
  if (!parsed) throw std::invalid_argument(parsed.error().message);
  return std::move(*parsed);
}

/// Frames of MPEG-1 layer III, as many as fit, padded as encoders do to keep the rate.
Bytes noise(std::uint64_t length, std::uint64_t bitrate, std::uint64_t seed) {
  const auto rate = std::find(kbits.begin() + 1, kbits.end(), bitrate / 1'000);
  if (rate == kbits.end() || bitrate % 1'000 != 0) {
    throw std::invalid_argument("no MP3 file has " + std::to_string(bitrate) + " bits a second");
  }
  Bytes bytes(length);
  Random random(seed);
  for (std::size_t i = 0; i + 8 <= bytes.size(); i += 8) {
    const std::uint64_t word = random.next();
    std::memcpy(&bytes[i], &word, sizeof word);
  }
  std::uint64_t at = 0;
  for (std::uint64_t frame = 1;; ++frame) {
    const std::uint64_t end = frame * 144 * bitrate / samples_per_second;
    if (end > length) break;
    const bool is_padded = end - at > 144 * bitrate / samples_per_second;
    const std::array<std::uint8_t, 4> head = {
        0xff, 0xfb, static_cast<std::uint8_t>((rate - kbits.begin()) << 4 | (is_padded ? 2 : 0)),
        0};
    std::copy(head.begin(), head.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at));
    at = end;
  }
  bytes.resize(at);
  return bytes;
}

Song make_song(const http::Url& where, std::uint64_t length, std::uint64_t bitrate,
               std::uint64_t seed) {
  Song song;
  song.url = where;
  song.bytes = Slice(noise(length, bitrate, seed));
  media::FileScan scan("audio/mpeg", song.bytes.size());
  (void)scan.update(song.bytes.view());
  auto scanned = scan.finish();
  song.row = std::make_shared<const hash::LeafRow>(std::move(scanned.row));
  song.facts = std::move(scanned.facts);
  return song;
}

}  // namespace

bool Song::is_chunk(hash::ChunkIndex index, ByteView chunk) const {
  const ByteRange range = row->layout().bytes_of(index);
  return chunk.size() == range.size() &&
         std::memcmp(chunk.data(), bytes.view().data() + range.begin, chunk.size()) == 0;
}

Station::Station(std::size_t count, std::uint64_t file_bytes, std::uint64_t bitrate,
                 WallTime begins, std::uint64_t seed)
    : playlist_url(url(std::string("http://") + host + "/station.rss")) {
  playlist.title = "Noise";
  playlist.link = std::string("http://") + host + "/";
  playlist.gateway =
      url(std::string("http://") + gateway_host + ":" + std::to_string(gateway_port));
  for (std::size_t i = 0; i < count; ++i) {
    const auto where = url(playlist.link + "song-" + std::to_string(i) + ".mp3");
    songs.push_back(make_song(where, file_bytes, bitrate, seed + i));
    const Song& song = songs.back();
    playlist::Item item;
    item.url = where;
    item.title = "Song " + std::to_string(i);
    item.type = "audio/mpeg";
    item.duration = song.facts.duration;
    item.length = song.bytes.size();
    item.root = song.row->root();
    if (i == 0) item.start = begins;
    playlist.items.push_back(std::move(item));
  }
}

const Song* Station::find(const http::Url& where) const {
  const auto found =
      std::find_if(songs.begin(), songs.end(), [&](const Song& s) { return s.url == where; });
  return found == songs.end() ? nullptr : &*found;
}

}  // namespace alluvium::sim
