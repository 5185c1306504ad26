#include "core/playlist/playlist.hpp"

#include "core/base/text.hpp"
#include "core/playlist/text_encoding.hpp"

namespace alluvium::playlist {

std::string Item::display_title() const {
  if (!creator.empty() && !title.empty()) return creator + " - " + title;
  if (!title.empty()) return title;
  if (!creator.empty()) return creator;
  const std::string_view path = url.path();
  const std::string_view segment = path.substr(path.rfind('/') + 1);
  if (segment.empty()) return url.host();
  // What a name in a URL decodes to can be anything, also a line end.
  return one_line(percent_decoded(segment).value_or(std::string(segment)));
}

}  // namespace alluvium::playlist
