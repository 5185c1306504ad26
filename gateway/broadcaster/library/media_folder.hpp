#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace alluvium::broadcaster {

/// A file that may be media. Value type.
struct FoundFile {
  std::filesystem::path path;
  std::string
      name;  ///< Path within the folder, parts separated by `/`: its place below the base URL.
  std::uint64_t length = 0;
};

/// What stands in a folder, and sentences about what was passed over.
struct FoundFiles {
  std::vector<FoundFile> files;  ///< In byte order of their names.
  std::vector<std::string> notes;
};

/// All regular files below `folder` that are neither hidden nor sidecars nor playlists. Symbolic
/// links are followed only to files that lie in the folder themselves. Throws std::runtime_error if
/// the folder cannot be read.
[[nodiscard]] FoundFiles find_files(const std::filesystem::path& folder);

}  // namespace alluvium::broadcaster
