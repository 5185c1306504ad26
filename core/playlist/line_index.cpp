#include "core/playlist/line_index.hpp"

#include <algorithm>

namespace alluvium::playlist {

LineIndex::LineIndex(std::string_view text) : text_(text), line_starts_{0} {
  for (auto at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
    line_starts_.push_back(at + 1);
  }
}

std::size_t LineIndex::line_of(std::size_t offset) const {
  offset = std::min(offset, text_.size());
  const auto next = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  return static_cast<std::size_t>(next - line_starts_.begin());
}

std::string LineIndex::place_of(std::size_t offset) const {
  offset = std::min(offset, text_.size());
  const std::size_t line = line_of(offset);
  const std::size_t start = line_starts_[line - 1];
  const auto before = text_.substr(start, offset - start);
  const auto characters = std::count_if(before.begin(), before.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  });
  return "line " + std::to_string(line) + ", column " + std::to_string(characters + 1);
}

}  // namespace alluvium::playlist
