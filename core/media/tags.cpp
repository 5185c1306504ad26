#include "core/media/tags.hpp"

#include <string_view>

namespace alluvium::media {

namespace {

enum class Match { no, partly, yes };

Match begins_with(ByteView bytes, std::string_view magic) {
  const std::string_view text = as_text(bytes).substr(0, magic.size());
  if (magic.substr(0, text.size()) != text) return Match::no;
  return text.size() == magic.size() ? Match::yes : Match::partly;
}

constexpr Tag unclear{Tag::State::unclear, 0};

Tag id3v2(ByteView bytes) {
  constexpr std::size_t header_bytes = 10;
  if (bytes.size() < header_bytes) return unclear;
  std::uint64_t length = 0;
  for (std::size_t i = 6; i < header_bytes; ++i) {
    if (bytes[i] >= 0x80) return {};
    length = length << 7 | bytes[i];
  }
  if (bytes[3] == 0xff || bytes[4] == 0xff) return {};
  const bool has_footer = (bytes[5] & 0x10) != 0;
  return {Tag::State::found, header_bytes + length + (has_footer ? header_bytes : 0)};
}

Tag ape(ByteView bytes) {
  constexpr std::size_t header_bytes = 32;
  if (bytes.size() < header_bytes) return unclear;
  const auto word = [&](std::size_t at) {
    return std::uint64_t{bytes[at]} | std::uint64_t{bytes[at + 1]} << 8 |
           std::uint64_t{bytes[at + 2]} << 16 | std::uint64_t{bytes[at + 3]} << 24;
  };
  // The size counts items and footer; a footer that is met first has its items behind it.
  const bool is_header = (word(20) & 0x20000000) != 0;
  return {Tag::State::found, is_header ? header_bytes + word(12) : header_bytes};
}

}  // namespace

Tag tag_at(ByteView bytes) {
  constexpr std::uint64_t id3v1_bytes = 128;
  if (bytes.empty()) return unclear;
  const Match v2 = begins_with(bytes, "ID3");
  const Match v1 = begins_with(bytes, "TAG");
  const Match ape_tag = begins_with(bytes, "APETAGEX");
  if (v2 == Match::yes) return id3v2(bytes);
  if (v1 == Match::yes) return {Tag::State::found, id3v1_bytes};
  if (ape_tag == Match::yes) return ape(bytes);
  const bool could_be = v2 == Match::partly || v1 == Match::partly || ape_tag == Match::partly;
  return could_be ? unclear : Tag{};
}

}  // namespace alluvium::media
