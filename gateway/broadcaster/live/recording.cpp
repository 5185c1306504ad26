#include "gateway/broadcaster/live/recording.hpp"

#include "core/base/text.hpp"
#include "gateway/broadcaster/library/sidecars.hpp"

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace alluvium::broadcaster {

namespace {

[[noreturn]] void fail(const std::filesystem::path& path) {
  throw std::runtime_error(printable(path.string()) +
                           " cannot be written: " + std::strerror(errno));
}

}  // namespace

Recording::Recording(std::filesystem::path path, std::string type)
    : path_(std::move(path)), scan_(std::move(type), 0, media::FileScan::Hashes::tree) {
  file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (file_ < 0) fail(path_);
}

Recording::~Recording() {
  if (file_ >= 0) ::close(file_);
}

void Recording::add(const Part& part) {
  const ByteView bytes = ByteView(part.bytes).subspan(part.begins_link ? 0 : part.header_bytes);
  if (!scan_.update(bytes)) {
    throw std::runtime_error(printable(path_.string()) + " has become longer than 16 GiB");
  }
  for (ByteView rest = bytes; !rest.empty();) {
    const ssize_t written = ::write(file_, rest.data(), rest.size());
    if (written < 0 && errno != EINTR) fail(path_);
    if (written > 0) rest = rest.subspan(static_cast<std::size_t>(written));
  }
}

void Recording::close() {
  const int file = std::exchange(file_, -1);
  const bool is_durable = ::fsync(file) == 0;
  if (::close(file) != 0 || !is_durable) fail(path_);
  const media::ScannedFile scanned = scan_.finish();
  write_sidecars(path_, scanned.row, scanned.facts);
}

}  // namespace alluvium::broadcaster
