#include "gateway/broadcaster/live/part_folder.hpp"

#include "core/base/text.hpp"

#include <cerrno>
#include <cstring>
#include <regex>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace alluvium::broadcaster {

namespace fs = std::filesystem;

namespace {

constexpr const char* row_suffix = ".thex";

void write_whole(const fs::path& path, ByteView bytes) {
  constexpr mode_t readable_by_web_server = 0666;  // less what the umask takes
  const int file =
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, readable_by_web_server);
  int error = file < 0 ? errno : 0;
  while (error == 0 && !bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      error = errno;
    }
  }
  if (file >= 0 && ::close(file) != 0 && error == 0) error = errno;
  if (error == 0) return;
  if (file >= 0) ::unlink(path.c_str());
  throw std::runtime_error(printable(path.string()) +
                           " cannot be written: " + std::strerror(error));
}

}  // namespace

bool is_part_name(const std::string& name) {
  static const std::regex form("[0-9]{8}T[0-9]{6}Z-[0-9]+\\.(mp3|aac|ogg|ogv)");
  return std::regex_match(name, form);
}

PartFolder::PartFolder(fs::path folder) : folder_(std::move(folder)) {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (!fs::is_directory(folder_, error) || ::access(folder_.c_str(), W_OK) != 0) {
    throw std::runtime_error(printable(folder_.string()) +
                             " is not a folder that can be written to");
  }
  std::vector<std::string> left;
  for (const auto& entry : fs::directory_iterator(folder_, error)) {
    std::string name = entry.path().filename().string();
    if (name.ends_with(row_suffix)) name.resize(name.size() - std::strlen(row_suffix));
    if (is_part_name(name)) left.push_back(name);
  }
  for (const std::string& name : left) remove(name);
}

hash::TreeRoot PartFolder::write(const std::string& name, ByteView bytes) const {
  hash::TreeBuilder tree;
  tree.update(bytes);
  const hash::LeafRow row = tree.finish();
  try {
    write_whole(folder_ / name, bytes);
    write_whole(folder_ / (name + row_suffix), row.raw());
  } catch (const std::runtime_error&) {
    remove(name);
    throw;
  }
  return row.root();
}

void PartFolder::remove(const std::string& name) const {
  std::error_code ignored;
  fs::remove(folder_ / name, ignored);
  fs::remove(folder_ / (name + row_suffix), ignored);
}

}  // namespace alluvium::broadcaster
