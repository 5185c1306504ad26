#pragma once

#include "core/playlist/playlist.hpp"
#include "gateway/broadcaster/check/finding.hpp"
#include "gateway/broadcaster/web/web.hpp"

#include <cstdint>
#include <string>

namespace alluvium::broadcaster {

/// How closely files are looked at.
struct FileCheckOptions {
  bool has_gateway = false;  ///< Whether listeners have leaf rows from elsewhere, too.
  bool reads_whole = false;  ///< Whether files are fetched as a whole and measured.
};

/// What was found out about one file.
struct CheckedFile {
  Findings findings;
  std::string type;               ///< As the playlist says, else as the origin does.
  std::uint32_t sample_rate = 0;  ///< 0 if it could not be told.
};

/// Looks at an item's file where listeners will look: whether it is there, as long and of the type
/// that the playlist says, whether parts of it can be had, whether its leaf row is the one that the
/// playlist names and three of its chunks verify, and whether what lies beside it says the same
/// duration. `at` is when it is first on air.
[[nodiscard]] CheckedFile check_file(const playlist::Item& item, WallTime at,
                                     const FileCheckOptions& options, Web& web);

/// The sample rate that the beginning of a file's sound says: MP3, AAC, Ogg Vorbis, Opus and FLAC.
/// 0 if it does not tell.
[[nodiscard]] std::uint32_t sample_rate_of(ByteView beginning);

}  // namespace alluvium::broadcaster
