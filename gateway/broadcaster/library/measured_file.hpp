#pragma once

#include "core/hash/tree.hpp"
#include "core/media/file_facts.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace alluvium::broadcaster {

/// Of the facts about a file those that a playlist says: a folder may have 100,000 files. Value
/// type.
struct FileOutline {
  std::optional<hash::TreeRoot> root;
  std::uint64_t length = 0;
  std::string type;
  std::optional<std::chrono::milliseconds> duration;

  FileOutline() = default;
  explicit FileOutline(const media::FileFacts& facts)
      : root(facts.root), length(facts.length), type(facts.type), duration(facts.duration) {}
};

/// A file that can be broadcast, with all that a playlist says of it. Invariant: its facts have a
/// duration that is not zero, and a root unless it lies on somebody else's server. Value type.
struct MeasuredFile {
  /// Path within the folder, parts separated by `/`; if it is on the web, its address there.
  std::string name;
  bool is_on_web = false;  ///< On somebody else's server, not below the folder's own address.
  std::string title;
  std::string creator;            ///< Empty if not known.
  std::string album;              ///< The same.
  std::uint32_t disc = 0;         ///< Of the album; 0 if not known.
  std::uint32_t track = 0;        ///< Of the disc; 0 if not known.
  std::uint32_t sample_rate = 0;  ///< Of its sound, in hertz; 0 if it has none.
  FileOutline facts;
};

}  // namespace alluvium::broadcaster
