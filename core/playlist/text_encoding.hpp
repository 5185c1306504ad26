#pragma once

#include <string>
#include <string_view>

namespace alluvium::playlist {

/// The text of an XML document as UTF-8 without byte order mark. UTF-16 is recognised by its mark,
/// as XML 1.0 §4.3.3 asks; everything else is taken for UTF-8 and not looked at. Surrogates that
/// have lost their partner, and half a unit at the end, become U+FFFD.
[[nodiscard]] std::string utf8_from(std::string_view raw);

/// On one line: every run of blanks with a line end, tab or control character in it becomes one
/// blank, and the ends are trimmed. What is not UTF-8 becomes U+FFFD.
[[nodiscard]] std::string one_line(std::string_view text);

}  // namespace alluvium::playlist
