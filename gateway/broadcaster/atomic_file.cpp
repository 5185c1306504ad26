#include "gateway/broadcaster/atomic_file.hpp"

#include "core/base/text.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include <fcntl.h>
#include <unistd.h>

namespace alluvium::broadcaster {

namespace fs = std::filesystem;

namespace {

fs::path behind_links(const fs::path& path) {
  std::error_code error;
  const fs::path target = fs::is_symlink(path, error) ? fs::canonical(path, error) : path;
  return error || target.empty() ? path : target;
}

/// A rename is only on disk once its folder is. Not every file system can do that, and the file is
/// whole either way.
void sync_folder(const fs::path& folder) {
  const int descriptor = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

}  // namespace

AtomicFile::AtomicFile(const fs::path& path) : path_(behind_links(path)) {
  const std::string name = path_.filename().string();
  hidden_path_ = path_.parent_path() / ("." + name + "." + std::to_string(::getpid()) + ".new");
  constexpr mode_t readable_by_web_server = 0666;  // less what the umask takes
  // What a killed run of the same number left is in nobody's use.
  ::unlink(hidden_path_.c_str());
  descriptor_ = ::open(hidden_path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                       readable_by_web_server);
  if (descriptor_ < 0) fail(std::strerror(errno));
}

AtomicFile::~AtomicFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlink(hidden_path_.c_str());
}

void AtomicFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(std::strerror(errno));
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void AtomicFile::commit() {
  if (::fsync(descriptor_) != 0) fail(std::strerror(errno));
  if (std::rename(hidden_path_.c_str(), path_.c_str()) != 0) fail(std::strerror(errno));
  ::close(descriptor_);
  descriptor_ = -1;
  sync_folder(path_.parent_path());
}

void AtomicFile::fail(const std::string& what) const {
  throw std::runtime_error(printable(path_.string()) + " cannot be written: " + what);
}

bool replace_if_different(const fs::path& path, std::string_view contents) {
  std::ifstream file(path, std::ios::binary);
  if (file) {
    std::error_code error;
    const bool same_size = fs::file_size(path, error) == contents.size() && !error;
    if (same_size && std::string(std::istreambuf_iterator<char>(file), {}) == contents) {
      return false;
    }
  }
  AtomicFile replacement(path);
  replacement.write(contents);
  replacement.commit();
  return true;
}

}  // namespace alluvium::broadcaster
