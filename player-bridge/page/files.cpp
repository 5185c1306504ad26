#include "player-bridge/page/files.hpp"

#include "core/hash/digest.hpp"

namespace alluvium::bridge::page {

const std::vector<File>& files() {
  constexpr std::string_view css = "text/css; charset=utf-8";
  constexpr std::string_view script = "text/javascript; charset=utf-8";
  static const std::vector<File> list = {{"/page/page.css", css, style()},
                                         {"/page/plain.css", css, plain_style()},
                                         {"/page/icon.svg", "image/svg+xml", icon()},
                                         {"/page/main.js", script, main_script()},
                                         {"/page/sound.js", script, sound_script()},
                                         {"/page/sharing.js", script, sharing_script()},
                                         {"/page/river.js", script, river_script()},
                                         {"/page/minute.js", script, minute_script()},
                                         {"/page/cells.js", script, cells_script()},
                                         {"/page/lists.js", script, lists_script()},
                                         {"/page/text.js", script, text_script()}};
  return list;
}

const std::string& revision() {
  static const std::string name = [] {
    hash::Sha256 all;
    all.update(as_bytes(html()));
    for (const File& file : files()) all.update(as_bytes(file.text));
    return hash::hex(all.finish()).substr(0, 16);
  }();
  return name;
}

}  // namespace alluvium::bridge::page
