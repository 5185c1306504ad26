#pragma once

#include "core/base/result.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

namespace alluvium::broadcaster {

/// What a media file says of itself. Value type.
struct ProbedFile {
  std::string type;         ///< MIME type of the container, with pictures or without.
  std::string title;        ///< From its tags, as valid UTF-8 in one line; empty if there is none.
  std::string creator;      ///< The same.
  std::string album;        ///< The same.
  std::uint32_t disc = 0;   ///< From its tags; 0 if they do not say.
  std::uint32_t track = 0;  ///< The same.
  std::uint32_t sample_rate = 0;  ///< Of its sound, in hertz; 0 if it has none.
  /// MPEG-4 whose table of contents stands behind its media: no player can play it as it comes.
  bool has_late_index = false;
  std::chrono::milliseconds duration{};  ///< Of its sound or its pictures, packet by packet.
};

/// Reads a file with libavformat: every packet, as what headers say of the duration is often wrong.
/// The error says why the file is nothing that can be broadcast. Nothing but the file itself is
/// opened, whatever it names.
[[nodiscard]] Result<ProbedFile> probe_media(const std::filesystem::path& path);

}  // namespace alluvium::broadcaster
