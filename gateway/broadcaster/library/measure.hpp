#pragma once

#include "core/base/result.hpp"
#include "core/hash/tree.hpp"
#include "gateway/broadcaster/library/measured_file.hpp"
#include "gateway/broadcaster/library/media_folder.hpp"

#include <string>
#include <vector>

namespace alluvium::broadcaster {

/// A measured file with all facts about it and its leaf row, and sentences about what is odd in it.
struct Measurement {
  MeasuredFile file;
  media::FileFacts facts;
  hash::LeafRow row;
  std::vector<std::string> notes;
};

/// Hashes a file and measures its sound. Reads the whole file. The error says why it cannot be
/// broadcast.
[[nodiscard]] Result<Measurement> measure(const FoundFile& file);

}  // namespace alluvium::broadcaster
