#pragma once

#include "core/base/bytes.hpp"
#include "core/hash/tree.hpp"

#include <filesystem>
#include <string>

namespace alluvium::broadcaster {

/// The folder in which the parts of shows lie for listeners, each with its leaf row beside it.
/// Nobody knows a part before the playlist names it, so that it is written in place. Nothing but
/// parts is ever removed. Owned by the station. Whatever cannot be done throws std::runtime_error
/// with one sentence.
class PartFolder {
 public:
  /// Makes the folder, and removes the parts that an earlier run left.
  explicit PartFolder(std::filesystem::path folder);

  /// Returns the tree that names the file.
  hash::TreeRoot write(const std::string& name, ByteView bytes) const;
  /// Without complaint: what cannot be removed is left to the next run.
  void remove(const std::string& name) const;

 private:
  std::filesystem::path folder_;
};

/// Whether a file is called as parts are: `20261123T200000Z-17.mp3`.
[[nodiscard]] bool is_part_name(const std::string& name);

}  // namespace alluvium::broadcaster
