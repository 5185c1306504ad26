#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace alluvium::broadcaster {

/// A file that is replaced as a whole or not at all: what is written lies in a hidden file beside
/// it until `commit`, which makes it durable and renames it. Destroying without `commit` leaves
/// what was there. Each step throws std::runtime_error with one sentence when it fails.
class AtomicFile {
 public:
  /// A symbolic link is followed: what it points at is replaced.
  explicit AtomicFile(const std::filesystem::path& path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::string_view bytes);
  /// Call once, last.
  void commit();

 private:
  [[noreturn]] void fail(const std::string& what) const;

  std::filesystem::path path_;
  std::filesystem::path hidden_path_;
  int descriptor_ = -1;
};

/// Replaces the file if it has other contents. Returns whether it did.
bool replace_if_different(const std::filesystem::path& path, std::string_view contents);

}  // namespace alluvium::broadcaster
