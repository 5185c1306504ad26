#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace alluvium::playlist {

/// Where in a text an offset lies, for people: lines and columns count from 1, columns in
/// characters. The text (UTF-8) must outlive it.
class LineIndex {
 public:
  explicit LineIndex(std::string_view text);

  /// In logarithmic time; an offset past the end counts as the end.
  [[nodiscard]] std::size_t line_of(std::size_t offset) const;
  /// `line 12, column 5`. Takes as long as the line is, which a whole playlist can be: for errors,
  /// of which there is one, not for warnings.
  [[nodiscard]] std::string place_of(std::size_t offset) const;

 private:
  std::string_view text_;
  std::vector<std::size_t> line_starts_;
};

}  // namespace alluvium::playlist
