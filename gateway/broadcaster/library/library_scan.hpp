#pragma once

#include "gateway/broadcaster/console.hpp"
#include "gateway/broadcaster/library/library_entry.hpp"
#include "gateway/broadcaster/library/media_folder.hpp"

#include <deque>
#include <filesystem>
#include <vector>

namespace alluvium::broadcaster {

/// How a folder is scanned.
struct ScanOptions {
  std::filesystem::path catalogue;  ///< Where what was found out is kept for the next time.
  bool forgets = false;             ///< Whether every file is measured anew.
  unsigned jobs = 0;                ///< Files measured at the same time; 0: as many as processors.
};

/// Measures and hashes the files and writes the sidecars beside them; those that are as they were
/// when they were last measured, with their sidecars, are taken from the catalogue. The result
/// has the files' order. Progress goes to `console`; what is odd is the caller's to tell. What has
/// been found out is kept every minute, so that an interrupted scan is not begun anew. Throws
/// std::runtime_error with one sentence if sidecars or catalogue cannot be written.
[[nodiscard]] std::deque<LibraryEntry> scan_library(const std::vector<FoundFile>& files,
                                                    const ScanOptions& options, Console& console);

/// Where the catalogue of a playlist's files lies: hidden, beside the playlist.
[[nodiscard]] std::filesystem::path catalogue_of(const std::filesystem::path& playlist);

}  // namespace alluvium::broadcaster
