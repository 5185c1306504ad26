#include "gateway/broadcaster/station_output.hpp"

#include "core/base/text.hpp"
#include "core/playlist/rss_reader.hpp"
#include "core/playlist/rss_writer.hpp"
#include "gateway/broadcaster/atomic_file.hpp"
#include "gateway/broadcaster/plan.hpp"

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

#include <unistd.h>

namespace alluvium::broadcaster {

namespace fs = std::filesystem;

namespace {

void require_writable(const fs::path& output) {
  const fs::path folder = output.parent_path().empty() ? "." : output.parent_path();
  std::error_code error;
  if (fs::is_directory(output, error)) {
    throw std::runtime_error(printable(output.string()) + " is a folder, not a playlist");
  }
  if (!fs::is_directory(folder, error) || ::access(folder.c_str(), W_OK) != 0) {
    throw std::runtime_error(printable(folder.string()) +
                             " is not a folder that can be written to");
  }
}

fs::path below(const fs::path& path, const fs::path& folder) {
  return real_path(path).lexically_relative(real_path(folder));
}

bool is_below(const fs::path& path, const fs::path& folder) {
  const fs::path relative = below(path, folder);
  return !folder.empty() && !relative.empty() && *relative.begin() != "..";
}

http::Url url_of_playlist(const fs::path& output, const fs::path& folder, const http::Url& base) {
  const fs::path place = is_below(output, folder) ? below(output, folder) : output.filename();
  const auto url = url_below(base, place.string());
  if (!url) throw std::runtime_error(url.error().message);
  return *url;
}

std::optional<playlist::Playlist> read_earlier(const fs::path& output, const http::Url& base) {
  std::error_code error;
  const auto length = fs::file_size(output, error);
  if (error || length == 0) return std::nullopt;
  if (length <= playlist::max_playlist_bytes) {
    std::ifstream file(output, std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    if (auto earlier = playlist::read_rss(text, base)) return std::move(earlier->playlist);
  }
  const std::string extension = to_lower(output.extension().string());
  if (extension != ".rss" && extension != ".rdf" && extension != ".xml") {
    throw std::runtime_error(printable(output.string()) +
                             " is there already and is no playlist, so it is left as it is");
  }
  return std::nullopt;
}

}  // namespace

fs::path real_path(const fs::path& path) {
  std::error_code error;
  const fs::path real = fs::weakly_canonical(path, error);
  return error ? path : real;
}

StationOutput::StationOutput(fs::path path, const fs::path& folder, const http::Url& base)
    : path_(std::move(path)) {
  require_writable(path_);
  real_path_ = real_path(path_);
  is_in_folder_ = is_below(path_, folder);
  url_ = url_of_playlist(path_, folder, base);
  earlier_ = read_earlier(path_, url_);
}

bool StationOutput::is(const fs::path& path) const {
  // Asked of every file of a folder: most have another name.
  return path.filename() == real_path_.filename() && real_path(path) == real_path_;
}

bool StationOutput::write(const playlist::Playlist& playlist) const {
  const std::string text = playlist::write_rss(playlist, url_.text());
  if (text.size() > playlist::max_playlist_bytes) {
    throw std::runtime_error("the playlist would have " + human_bytes(text.size()) +
                             ", and listeners read no more than " +
                             human_bytes(playlist::max_playlist_bytes) +
                             "; fewer files or days make it shorter");
  }
  return replace_if_different(path_, text);
}

}  // namespace alluvium::broadcaster
