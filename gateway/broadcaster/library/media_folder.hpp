#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace alluvium::broadcaster {

/// What changes when a file does. Value type.
struct FileStamp {
  std::uint64_t length = 0;
  /// When it was last written, as the file system counts; 0 fits no file.
  std::int64_t modified = 0;

  bool operator==(const FileStamp&) const = default;
};

/// Nothing if it is not there.
[[nodiscard]] std::optional<FileStamp> stamp_of(const std::filesystem::path& path);

/// A file that may be media. Value type.
struct FoundFile {
  std::filesystem::path path;
  std::string
      name;  ///< Path within the folder, parts separated by `/`: its place below the base URL.
  FileStamp stamp;
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

/// Of those files the ones of the given names, which are sorted; a name that is none is noted.
[[nodiscard]] FoundFiles find_named_files(const std::filesystem::path& folder,
                                          const std::vector<std::string>& names);

}  // namespace alluvium::broadcaster
