#pragma once

#include "core/base/result.hpp"

#include <chrono>
#include <filesystem>
#include <string>

namespace alluvium::broadcaster {

/// What a media file says of itself. Value type.
struct ProbedFile {
  std::string type;     ///< MIME type of the container, empty if it has none that is known here.
  std::string title;    ///< From its tags, as valid UTF-8 in one line; empty if there is none.
  std::string creator;  ///< The same.
  std::chrono::milliseconds duration{};  ///< Of its sound, packet by packet.
};

/// Reads a file with libavformat: every packet, as what headers say of the duration is often wrong.
/// The error says why the file is no sound that can be broadcast. Nothing but the file itself is
/// opened, whatever it names.
[[nodiscard]] Result<ProbedFile> probe_media(const std::filesystem::path& path);

}  // namespace alluvium::broadcaster
