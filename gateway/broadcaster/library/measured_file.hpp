#pragma once

#include "core/http/url.hpp"
#include "core/media/file_facts.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace alluvium::broadcaster {

/// A file that can be broadcast, with all that a playlist says of it. Invariant: its facts have a
/// duration that is not zero, and a root unless it lies on somebody else's server. Value type.
struct MeasuredFile {
  std::string name;  ///< Path within the folder, parts separated by `/`.
  /// Where it is on the web, if that is not below the folder's own address.
  std::optional<http::Url> elsewhere;
  std::string title;
  std::string creator;            ///< Empty if not known.
  std::string album;              ///< The same.
  std::uint32_t disc = 0;         ///< Of the album; 0 if not known.
  std::uint32_t track = 0;        ///< Of the disc; 0 if not known.
  std::uint32_t sample_rate = 0;  ///< Of its sound, in hertz; 0 if it has none.
  media::FileFacts facts;
};

}  // namespace alluvium::broadcaster
