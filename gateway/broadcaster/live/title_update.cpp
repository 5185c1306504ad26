#include "gateway/broadcaster/live/title_update.hpp"

#include "core/base/text.hpp"

#include <algorithm>

namespace alluvium::broadcaster {

namespace {

constexpr std::size_t longest_text = 500;

/// ISO 8859-1 has the first 256 characters of Unicode.
std::string from_latin1(std::string_view text) {
  std::string utf8;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      utf8 += c;
    } else {
      utf8 += static_cast<char>(0xc0 | byte >> 6);
      utf8 += static_cast<char>(0x80 | (byte & 0x3f));
    }
  }
  return utf8;
}

bool is_latin1_name(std::string_view charset) {
  return equal_ignoring_case(charset, "ISO-8859-1") || equal_ignoring_case(charset, "latin1");
}

std::optional<std::string> decoded(std::string_view value) {
  std::string spaced(value);
  // As forms have it; a plus sign itself comes as %2B.
  std::replace(spaced.begin(), spaced.end(), '+', ' ');
  return percent_decoded(spaced);
}

}  // namespace

std::string tidy_text(std::string_view text, bool is_latin1) {
  const bool is_utf8 = !is_latin1 && valid_utf8(text) == text;
  std::string tidy = is_utf8 ? std::string(text) : from_latin1(text);
  std::replace_if(
      tidy.begin(), tidy.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  if (tidy.size() > longest_text) {
    std::size_t end = longest_text;
    while (end > 0 && (static_cast<unsigned char>(tidy[end]) & 0xc0) == 0x80) --end;
    tidy.resize(end);
  }
  return std::string(trimmed(tidy));
}

std::optional<TitleUpdate> read_title_update(std::string_view query) {
  TitleUpdate update;
  std::string song;
  std::string title;
  std::string charset;
  for (const std::string_view pair : split(query, '&')) {
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::string_view name = pair.substr(0, equals);
    auto value = decoded(pair.substr(std::min(equals + 1, pair.size())));
    if (!value) return std::nullopt;
    if (name == "mode") update.mode = std::move(*value);
    if (name == "mount") update.mount = std::move(*value);
    if (name == "song") song = std::move(*value);
    if (name == "title") title = std::move(*value);
    if (name == "artist") update.title.creator = std::move(*value);
    if (name == "charset") charset = std::move(*value);
  }
  const bool is_latin1 = is_latin1_name(charset);
  // Who gives both means the same by them.
  update.title.title = tidy_text(title.empty() ? song : title, is_latin1);
  update.title.creator = title.empty() ? "" : tidy_text(update.title.creator, is_latin1);
  return update;
}

}  // namespace alluvium::broadcaster
