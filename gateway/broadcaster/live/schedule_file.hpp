#pragma once

#include "core/base/result.hpp"
#include "core/http/url.hpp"
#include "core/playlist/playlist.hpp"

#include <filesystem>
#include <string>
#include <utility>

namespace alluvium::broadcaster {

/// The playlist that `init` or `grid` writes, read again when it is another one. A bad one never
/// unseats the last good one. Owned by the station.
class ScheduleFile {
 public:
  /// Addresses in it count from `base`. Throws std::runtime_error with one sentence if there is no
  /// good one.
  ScheduleFile(std::filesystem::path path, http::Url base);

  /// Looks whether the file has changed. True if there is another playlist now; the error says
  /// what is wrong with the new one, once.
  [[nodiscard]] Result<bool> look();
  [[nodiscard]] const playlist::Playlist& playlist() const { return playlist_; }

 private:
  /// Changes when the file does.
  using Stamp = std::pair<std::filesystem::file_time_type, std::uintmax_t>;
  [[nodiscard]] Stamp stamp() const;
  [[nodiscard]] Status read();

  std::filesystem::path path_;
  http::Url base_;
  Stamp stamp_;
  playlist::Playlist playlist_;
};

}  // namespace alluvium::broadcaster
