#include "player-bridge/icy.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <utility>

namespace alluvium::bridge {

namespace {

constexpr std::size_t unit = 16;
constexpr std::string_view typographic_apostrophe = "\xe2\x80\x99";

}  // namespace

std::string icy_title(std::string_view title, std::size_t max_bytes) {
  const std::string text = valid_utf8(title);
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool is_second_set =
        byte == 0xc2 && static_cast<unsigned char>(text[i + 1]) < 0xa0;  // U+0080 to U+009F
    if (byte < 0x20 || byte == 0x7f || is_second_set) {
      // What stood on two lines still is two words.
      if (!result.empty() && result.back() != ' ') result += ' ';
      if (is_second_set) ++i;
    } else {
      result += text[i];
    }
  }
  // Players end the title at the first `';`; several end it at any apostrophe before a semicolon.
  for (std::size_t at = 0; (at = result.find("';", at)) != std::string::npos;) {
    result.replace(at, 1, typographic_apostrophe);
  }
  if (result.ends_with('\'')) result.replace(result.size() - 1, 1, typographic_apostrophe);
  if (result.size() > max_bytes) {
    std::size_t cut = max_bytes;
    while (cut > 0 && (static_cast<unsigned char>(result[cut]) & 0xc0) == 0x80) --cut;
    // The cut may have laid bare another apostrophe.
    while (cut > 0 && result[cut - 1] == '\'') --cut;
    result.resize(cut);
  }
  return result;
}

Bytes icy_block(std::string_view title) {
  const std::string text = "StreamTitle='" + icy_title(title) + "';";
  const std::size_t units = (text.size() + unit - 1) / unit;
  Bytes block(1 + units * unit, 0);
  block[0] = static_cast<std::uint8_t>(units);
  std::copy(text.begin(), text.end(), block.begin() + 1);
  return block;
}

void IcyWriter::write(ByteView bytes, const std::string& title, Bytes& out) {
  while (!bytes.empty()) {
    const ByteView part = bytes.first(std::min(until_block_, bytes.size()));
    out.insert(out.end(), part.begin(), part.end());
    bytes = bytes.subspan(part.size());
    until_block_ -= part.size();
    if (until_block_ > 0) continue;
    until_block_ = icy_interval;
    if (title == told_) {
      out.push_back(0);
      continue;
    }
    told_ = title;
    // Two titles may come to the same once they are made fit.
    std::string shown = icy_title(title);
    if (shown == shown_) {
      out.push_back(0);
      continue;
    }
    const Bytes block = icy_block(shown);
    out.insert(out.end(), block.begin(), block.end());
    shown_ = std::move(shown);
  }
}

}  // namespace alluvium::bridge
