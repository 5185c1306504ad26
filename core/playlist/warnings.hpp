#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace alluvium::playlist {

/// Sentences about what was odd, bounded: a hostile playlist could ask for thousands. Only the
/// first ones are kept, the rest are counted. Value type.
class Warnings {
 public:
  void add(std::string sentence);
  /// What was kept, with a last line that says how many were not.
  [[nodiscard]] std::vector<std::string> list() const;

 private:
  std::vector<std::string> kept_;
  std::size_t dropped_ = 0;
};

}  // namespace alluvium::playlist
