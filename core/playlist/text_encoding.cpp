#include "core/playlist/text_encoding.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <cstdint>

namespace alluvium::playlist {

namespace {

constexpr char32_t replacement = 0xfffd;

void append_utf8(std::string& out, char32_t c) {
  const auto continuation = [&](int shift) {
    return static_cast<char>(0x80 | ((c >> shift) & 0x3f));
  };
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += {static_cast<char>(0xc0 | (c >> 6)), continuation(0)};
  } else if (c < 0x10000) {
    out += {static_cast<char>(0xe0 | (c >> 12)), continuation(6), continuation(0)};
  } else {
    out +=
        {static_cast<char>(0xf0 | (c >> 18)), continuation(12), continuation(6), continuation(0)};
  }
}

bool is_high_surrogate(char32_t unit) {
  return unit >= 0xd800 && unit < 0xdc00;
}
bool is_low_surrogate(char32_t unit) {
  return unit >= 0xdc00 && unit < 0xe000;
}

std::string utf8_from_utf16(std::string_view raw, bool big_endian) {
  const auto unit_at = [&](std::size_t i) -> char32_t {
    const auto first = static_cast<unsigned char>(raw[i]);
    const auto second = static_cast<unsigned char>(raw[i + 1]);
    return big_endian ? char32_t{first} << 8 | second : char32_t{second} << 8 | first;
  };
  std::string out;
  out.reserve(raw.size());
  std::size_t i = 0;
  while (i + 1 < raw.size()) {
    char32_t c = unit_at(i);
    i += 2;
    if (is_high_surrogate(c) && i + 1 < raw.size() && is_low_surrogate(unit_at(i))) {
      c = 0x10000 + ((c - 0xd800) << 10) + (unit_at(i) - 0xdc00);
      i += 2;
    } else if (is_high_surrogate(c) || is_low_surrogate(c)) {
      c = replacement;
    }
    append_utf8(out, c);
  }
  if (i < raw.size()) append_utf8(out, replacement);
  return out;
}

}  // namespace

std::string utf8_from(std::string_view raw) {
  if (raw.substr(0, 3) == "\xef\xbb\xbf") return std::string(raw.substr(3));
  if (raw.substr(0, 2) == "\xff\xfe") return utf8_from_utf16(raw.substr(2), false);
  if (raw.substr(0, 2) == "\xfe\xff") return utf8_from_utf16(raw.substr(2), true);
  return std::string(raw);
}

std::string one_line(std::string_view text) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  const auto is_gap = [&](char c) { return c == ' ' || is_control(c); };
  std::string line;
  line.reserve(text.size());
  auto at = text.begin();
  while (at != text.end()) {
    const auto gap_end = std::find_if_not(at, text.end(), is_gap);
    if (std::any_of(at, gap_end, is_control)) {
      line += ' ';
    } else {
      line.append(at, gap_end);
    }
    const auto word_end = std::find_if(gap_end, text.end(), is_gap);
    line.append(gap_end, word_end);
    at = word_end;
  }
  return valid_utf8(trimmed(line));
}

}  // namespace alluvium::playlist
