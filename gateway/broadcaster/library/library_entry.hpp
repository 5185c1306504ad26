#pragma once

#include "gateway/broadcaster/library/measured_file.hpp"
#include "gateway/broadcaster/library/media_folder.hpp"

#include <string>
#include <vector>

namespace alluvium::broadcaster {

/// What has been found out about one file of the folder. Value type.
struct LibraryEntry {
  FileStamp stamp;                 ///< Of the file when it was measured.
  MeasuredFile file;               ///< Of one that cannot be broadcast only the name.
  std::string problem;             ///< Why it cannot be broadcast; empty if it can.
  std::vector<std::string> notes;  ///< What is odd about it, as sentences.

  [[nodiscard]] bool can_be_broadcast() const { return problem.empty(); }
};

}  // namespace alluvium::broadcaster
