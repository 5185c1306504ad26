#pragma once

#include "core/http/url.hpp"
#include "core/playlist/playlist.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace alluvium::broadcaster {

/// Where a station's playlist is written, and where it will be found. That it can be written there
/// is found out when this is made, before hours of hashing: each step throws std::runtime_error
/// with one sentence, and then what was there is still there.
class StationOutput {
 public:
  /// `folder` is what lies at `base` on the web; empty if there is none.
  StationOutput(std::filesystem::path path, const std::filesystem::path& folder,
                const http::Url& base);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// Whether the playlist lies in the folder and so is uploaded with it.
  [[nodiscard]] bool is_in_folder() const { return is_in_folder_; }
  /// The playlist's own address: below the base.
  [[nodiscard]] const http::Url& url() const { return url_; }
  /// What an earlier run wrote. A file that is neither a playlist nor called one was named by
  /// mistake, which throws.
  [[nodiscard]] const std::optional<playlist::Playlist>& earlier() const { return earlier_; }
  /// Whether `path` is the playlist itself.
  [[nodiscard]] bool is(const std::filesystem::path& path) const;

  /// Replaces the playlist as a whole, if it is another one. Returns whether it was.
  bool write(const playlist::Playlist& playlist) const;

 private:
  std::filesystem::path path_;
  std::filesystem::path real_path_;
  bool is_in_folder_ = false;
  http::Url url_;
  std::optional<playlist::Playlist> earlier_;
};

/// The folder as it is really called, so that `.` and `music/` have a name too.
[[nodiscard]] std::filesystem::path real_path(const std::filesystem::path& path);

}  // namespace alluvium::broadcaster
