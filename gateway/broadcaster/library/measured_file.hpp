#pragma once

#include "core/media/file_facts.hpp"

#include <string>

namespace alluvium::broadcaster {

/// A file that can be broadcast, with all that a playlist says of it. Invariant: its facts have a
/// root and a duration that is not zero. Value type.
struct MeasuredFile {
  std::string name;  ///< Path within the folder, parts separated by `/`.
  std::string title;
  std::string creator;  ///< Empty if not known.
  media::FileFacts facts;
};

}  // namespace alluvium::broadcaster
