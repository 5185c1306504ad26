#pragma once

#include <filesystem>
#include <string>

namespace alluvium::test {

/// The files of a fresh key and of a certificate for 127.0.0.1 and localhost that vouches for
/// itself: `NAME.key` and `NAME.crt` in a folder.
struct Certificate {
  /// Throws if the files cannot be made.
  Certificate(const std::filesystem::path& folder, const std::string& name);
  std::filesystem::path certificate;
  std::filesystem::path key;
};

}  // namespace alluvium::test
