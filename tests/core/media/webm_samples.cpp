#include "tests/core/media/webm_samples.hpp"

#include "tests/core/media/samples.hpp"

#include <string_view>

namespace alluvium::media::samples {

namespace {

Bytes big_endian(std::uint64_t value) {
  Bytes bytes;
  for (int shift = 56; shift >= 0; shift -= 8) {
    if (value >> shift != 0) bytes.push_back(static_cast<std::uint8_t>(value >> shift));
  }
  if (bytes.empty()) bytes.push_back(0);
  return bytes;
}

Bytes size_of(std::uint64_t size, std::size_t size_bytes) {
  std::size_t count = size_bytes == 0 ? 1 : size_bytes;
  while (size_bytes == 0 && size >= (std::uint64_t{1} << 7 * count) - 1) ++count;
  Bytes bytes(count);
  for (std::size_t i = 0; i < count; ++i) {
    bytes[count - 1 - i] = static_cast<std::uint8_t>(size >> 8 * i);
  }
  bytes[0] = static_cast<std::uint8_t>(bytes[0] | 0x100 >> count);
  return bytes;
}

Bytes block_content(std::uint8_t track, std::int16_t ticks, bool is_key, std::size_t bytes) {
  const auto time = static_cast<std::uint16_t>(ticks);
  Bytes content = {static_cast<std::uint8_t>(0x80 | track), static_cast<std::uint8_t>(time >> 8),
                   static_cast<std::uint8_t>(time), static_cast<std::uint8_t>(is_key ? 0x80 : 0)};
  content.resize(content.size() + bytes, static_cast<std::uint8_t>(0x30 + track));
  return content;
}

}  // namespace

Bytes element(std::uint32_t id, const Bytes& content, std::size_t size_bytes) {
  return joined({big_endian(id), size_of(content.size(), size_bytes), content});
}

Bytes open_element(std::uint32_t id, const Bytes& content) {
  return joined({big_endian(id), {0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, content});
}

Bytes number_element(std::uint32_t id, std::uint64_t value) {
  return element(id, big_endian(value));
}

Bytes webm_head(const std::vector<TrackType>& tracks, const char* type, std::uint64_t tick_ns) {
  Bytes entries;
  for (std::size_t i = 0; i < tracks.size(); ++i) {
    const Bytes entry =
        element(0xae, joined({number_element(0xd7, i + 1),
                              number_element(0x83, static_cast<std::uint64_t>(tracks[i])),
                              element(0x86, to_bytes(as_bytes("V_VP8")))}));
    entries.insert(entries.end(), entry.begin(), entry.end());
  }
  return joined({element(0x1a45dfa3, element(0x4282, to_bytes(as_bytes(type)))),
                 open_element(0x18538067, {}), element(0x114d9b74, Bytes(20, 0x44)),
                 element(0xec, Bytes(30)),
                 element(0x1549a966, joined({number_element(0x2ad7b1, tick_ns),
                                             element(0x4d80, to_bytes(as_bytes("a writer")))})),
                 element(0x1654ae6b, entries)});
}

Bytes simple_block(std::uint8_t track, std::int16_t ticks, bool is_key, std::size_t bytes) {
  return element(0xa3, block_content(track, ticks, is_key, bytes));
}

Bytes block_group(std::uint8_t track, std::int16_t ticks, bool is_key, std::size_t bytes) {
  return element(
      0xa0, joined({element(0xa1, block_content(track, ticks, false, bytes)),
                    number_element(0x9b, 100), is_key ? Bytes{} : element(0xfb, Bytes{0x9c})}));
}

Bytes cluster(std::uint64_t timestamp, const std::vector<Bytes>& blocks, bool is_open) {
  const Bytes content = joined({number_element(0xe7, timestamp), joined(blocks)});
  return is_open ? open_element(0x1f43b675, content) : element(0x1f43b675, content, 4);
}

Bytes film(std::size_t clusters, bool is_open) {
  Bytes file = webm_head({TrackType::video, TrackType::audio});
  for (std::size_t i = 0; i < clusters; ++i) {
    std::vector<Bytes> blocks;
    for (int tick = 0; tick < 2'000; tick += 50) {
      const auto ticks = static_cast<std::int16_t>(tick);
      blocks.push_back(simple_block(2, ticks, true, 40));
      if (tick % 100 == 0) blocks.push_back(simple_block(1, ticks, tick == 0, 300));
    }
    const Bytes bytes = cluster(i * 2'000, blocks, is_open);
    file.insert(file.end(), bytes.begin(), bytes.end());
  }
  const Bytes cues = element(0x1c53bb6b, Bytes(70, 0x55));
  file.insert(file.end(), cues.begin(), cues.end());
  return file;
}

Bytes song(std::size_t clusters) {
  Bytes file = webm_head({TrackType::audio});
  for (std::size_t i = 0; i < clusters; ++i) {
    std::vector<Bytes> blocks;
    for (int tick = 0; tick < 5'000; tick += 20) {
      blocks.push_back(simple_block(1, static_cast<std::int16_t>(tick), true, 30));
    }
    const Bytes bytes = cluster(i * 5'000, blocks);
    file.insert(file.end(), bytes.begin(), bytes.end());
  }
  return file;
}

}  // namespace alluvium::media::samples
