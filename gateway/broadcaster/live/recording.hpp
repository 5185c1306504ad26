#pragma once

#include "core/media/file_scan.hpp"
#include "gateway/broadcaster/live/part_cutter.hpp"

#include <filesystem>
#include <string>

namespace alluvium::broadcaster {

/// One show as one file, for repeats: its parts one behind the other, with the headers of each link
/// once. Each part is in the file as soon as it is added, so that what was heard stays whatever
/// ends the program. When the recording is closed its leaf row and facts lie beside it, as `init`
/// would write them. Owned by the show. Steps throw std::runtime_error with one sentence.
class Recording {
 public:
  /// The file must not be there yet.
  Recording(std::filesystem::path path, std::string type);
  ~Recording();
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

  void add(const Part& part);
  /// Call once, last. Without it the file stays as it is, with nothing beside it.
  void close();
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  media::FileScan scan_;
  int file_ = -1;
};

}  // namespace alluvium::broadcaster
