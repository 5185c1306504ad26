#include "gateway/broadcaster/live/schedule_file.hpp"

#include "core/base/text.hpp"
#include "core/playlist/rss_reader.hpp"

#include <fstream>
#include <iterator>
#include <stdexcept>

namespace alluvium::broadcaster {

namespace fs = std::filesystem;

ScheduleFile::ScheduleFile(fs::path path, http::Url base)
    : path_(std::move(path)), base_(std::move(base)), stamp_(stamp()) {
  if (const auto status = read(); !status) throw std::runtime_error(status.error().message);
}

ScheduleFile::Stamp ScheduleFile::stamp() const {
  std::error_code error;
  Stamp stamp{fs::last_write_time(path_, error), 0};
  stamp.second = fs::file_size(path_, error);
  return stamp;
}

Result<bool> ScheduleFile::look() {
  const Stamp present = stamp();
  if (present == stamp_) return false;
  stamp_ = present;
  if (const auto status = read(); !status) return status.error();
  return true;
}

Status ScheduleFile::read() {
  const std::string name = printable(path_.string());
  std::ifstream file(path_, std::ios::binary);
  if (!file) return Error{name + " cannot be read"};
  std::string text;
  text.resize(playlist::max_playlist_bytes + 1);
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  auto read = playlist::read_rss(text, base_);
  if (!read) return Error{name + ": " + read.error().message};
  playlist_ = std::move(read->playlist);
  return {};
}

}  // namespace alluvium::broadcaster
