#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace alluvium::bridge::page {

/// One file of the page as it is served.
struct File {
  std::string_view path;
  std::string_view type;
  std::string_view text;
};

/// The HTML of `/`, with `{{name}}` where something is filled in.
[[nodiscard]] std::string_view html();
[[nodiscard]] std::string_view style();
/// For a browser without scripts, on top of `style`.
[[nodiscard]] std::string_view plain_style();
[[nodiscard]] std::string_view icon();
/// The scripts are modules: `main` is loaded by the HTML and imports the others.
[[nodiscard]] std::string_view main_script();
[[nodiscard]] std::string_view sound_script();
[[nodiscard]] std::string_view sharing_script();
[[nodiscard]] std::string_view river_script();
[[nodiscard]] std::string_view minute_script();
[[nodiscard]] std::string_view cells_script();
[[nodiscard]] std::string_view lists_script();
[[nodiscard]] std::string_view text_script();

/// Everything the HTML refers to.
[[nodiscard]] const std::vector<File>& files();

/// Changes with every change of any of them, so that a page that is older than the program finds
/// out.
[[nodiscard]] const std::string& revision();

}  // namespace alluvium::bridge::page
