#include "gateway/broadcaster/check/file_check.hpp"

#include "core/base/text.hpp"
#include "core/hash/tree.hpp"
#include "core/http/range.hpp"
#include "gateway/broadcaster/check/air_check.hpp"

#include <array>
#include <optional>
#include <set>
#include <utility>

namespace alluvium::broadcaster {

namespace {

constexpr std::uint64_t max_facts_bytes = std::uint64_t{4} << 20;
constexpr const char* remake = "; run alluvium-broadcaster again and upload what it made";

/// Servers call the same format by several names.
std::string_view usual_type(std::string_view type) {
  struct Alias {
    std::string_view name;
    std::string_view usual;
  };
  static constexpr std::array aliases{
      Alias{"audio/mp3", "audio/mpeg"},        Alias{"audio/x-mpeg", "audio/mpeg"},
      Alias{"application/ogg", "audio/ogg"},   Alias{"audio/opus", "audio/ogg"},
      Alias{"audio/vorbis", "audio/ogg"},      Alias{"audio/x-flac", "audio/flac"},
      Alias{"audio/aacp", "audio/aac"},        Alias{"audio/x-wav", "audio/wav"},
      Alias{"audio/x-m4a", "audio/mp4"},       Alias{"audio/m4a", "audio/mp4"},
      Alias{"video/webm", "video/x-matroska"}, Alias{"audio/webm", "audio/x-matroska"}};
  for (const Alias& alias : aliases) {
    if (alias.name == type) return alias.usual;
  }
  return type;
}

/// One file while it is being looked at.
class FileCheck {
 public:
  FileCheck(const playlist::Item& item, WallTime at, const FileCheckOptions& options, Web& web)
      : item_(item), at_(at), options_(options), web_(web), length_(item.length) {}

  CheckedFile run();

 private:
  bool ask_head();
  void check_length(const http::Headers& headers);
  void check_type(const http::Headers& headers);
  void read_facts();
  void read_row();
  void check_chunks();
  void find_sample_rate();
  void check_whole();
  void check_duration(std::chrono::milliseconds duration, const std::string& source);
  /// The chunk; nothing, and a finding, if it cannot be had.
  std::optional<std::string> chunk(std::uint64_t index);

  void find(Severity severity, const char* kind, const std::string& sentence) {
    checked_.findings.push_back({severity, kind, at_, item_.url.text(),
                                 "\"" + printable(item_.display_title()) + "\" " + sentence});
  }

  const playlist::Item& item_;
  WallTime at_;
  FileCheckOptions options_;
  Web& web_;
  std::optional<std::uint64_t> length_;
  std::optional<media::FileFacts> facts_;
  std::optional<hash::LeafRow> row_;
  std::string first_chunk_;
  bool has_ranges_ = true;
  CheckedFile checked_;
};

bool FileCheck::ask_head() {
  http::ClientRequest request = request_for(item_.url, 0);
  request.method = "HEAD";
  const auto answer = web_.ask(std::move(request));
  if (const auto* error = std::get_if<http::TransferError>(&answer)) {
    find(Severity::problem, "missing", "cannot be had: " + failure_words(*error));
    return false;
  }
  const auto& head = std::get<http::WholeResponse>(answer).head;
  // Some servers know no HEAD; what is asked for next shows whether the file is there.
  if (head.status == 405 || head.status == 501) return true;
  if (head.status != 200) {
    find(Severity::problem, "missing",
         "cannot be had: its server answers " + status_words(head.status));
    return false;
  }
  check_length(head.headers);
  check_type(head.headers);
  return true;
}

void FileCheck::check_length(const http::Headers& headers) {
  const auto field = headers.find("Content-Length");
  const auto length = field ? parse_uint(*field) : std::nullopt;
  if (!length) {
    find(Severity::problem, "length",
         "is served without its length, so that no part of it can be had");
    return;
  }
  if (item_.length && *length != *item_.length) {
    find(Severity::problem, "changed",
         "has " + std::to_string(*length) + " bytes at the origin, and the playlist says " +
             std::to_string(*item_.length) + ": it is another file than was measured" + remake);
  }
  length_ = length;
}

void FileCheck::check_type(const http::Headers& headers) {
  std::string type = to_lower(headers.find("Content-Type").value_or(""));
  type = trimmed(std::string_view(type).substr(0, type.find(';')));
  if (checked_.type.empty()) checked_.type = type;
  if (type == "text/html") {
    find(Severity::problem, "type",
         "is served as a web page (text/html): there is no sound at its address");
  } else if (type.empty() || type == "application/octet-stream" || type == "text/plain") {
    find(Severity::doubt, "type",
         "is served as " + (type.empty() ? "nothing known" : type) +
             "; name the type of its extension in the web server's types");
  } else if (!item_.type.empty() && usual_type(type) != usual_type(item_.type)) {
    find(Severity::doubt, "type",
         "is served as " + printable(type) + ", and the playlist says " + printable(item_.type));
  }
}

std::optional<std::string> FileCheck::chunk(std::uint64_t index) {
  const std::uint64_t first = index * hash::chunk_bytes;
  const std::uint64_t wanted =
      length_ ? std::min<std::uint64_t>(hash::chunk_bytes, *length_ - first) : hash::chunk_bytes;
  http::ClientRequest request = request_for(item_.url, hash::chunk_bytes);
  request.headers.add("Range",
                      "bytes=" + std::to_string(first) + "-" + std::to_string(first + wanted - 1));
  const auto answer = web_.ask(std::move(request));
  const auto* response = std::get_if<http::WholeResponse>(&answer);
  const auto* error = std::get_if<http::TransferError>(&answer);
  const bool is_whole_file = (response && response->head.status == 200) ||
                             (error && error->failure == http::TransferFailure::too_large);
  if (is_whole_file) {
    has_ranges_ = false;
    // A file of one chunk is no worse off for it.
    if (response && length_ && *length_ <= hash::chunk_bytes) return response->body;
    find(Severity::problem, "ranges",
         "is only served as a whole: its server knows no byte ranges, so that nobody can join in "
         "the middle");
    return std::nullopt;
  }
  if (error || response->head.status != 206 || response->body.size() != wanted) {
    find(Severity::problem, "missing",
         "cannot be had in parts: " +
             (error ? failure_words(*error)
                    : "its server answers " + status_words(response->head.status) + " with " +
                          std::to_string(response->body.size()) + " bytes"));
    return std::nullopt;
  }
  return response->body;
}

void FileCheck::read_facts() {
  const auto answer =
      web_.ask(request_for(item_.url.with_path_suffix(".thex.json"), max_facts_bytes));
  if (trouble_with(answer)) return;
  auto facts = media::parse_file_facts(std::get<http::WholeResponse>(answer).body);
  if (facts) facts_ = std::move(*facts);
}

void FileCheck::read_row() {
  const auto answer = web_.ask(
      request_for(item_.url.with_path_suffix(".thex"), hash::leaf_row_bytes(*length_) + 1));
  if (const auto trouble = trouble_with(answer)) {
    const bool is_too_long =
        std::holds_alternative<http::TransferError>(answer) &&
        std::get<http::TransferError>(answer).failure == http::TransferFailure::too_large;
    if (is_too_long) {
      find(Severity::problem, "tree",
           std::string("has a .thex beside it that is of another file") + remake);
    } else if (!options_.has_gateway) {
      find(Severity::problem, "tree",
           "has no .thex beside it (" + *trouble +
               "), and the playlist names no gateway: upload "
               "the .thex files with it");
    }
    return;
  }
  const std::string& raw = std::get<http::WholeResponse>(answer).body;
  auto row = hash::LeafRow::parse(as_bytes(raw), *item_.root, *length_);
  if (row) {
    row_ = std::move(*row);
  } else {
    find(Severity::problem, "tree",
         std::string("has a .thex beside it that is not of the file the playlist names") + remake);
  }
}

void FileCheck::check_chunks() {
  const std::uint64_t count = hash::ChunkLayout(*length_).count();
  for (const std::uint64_t index : std::set<std::uint64_t>{0, count / 2, count - 1}) {
    auto bytes = chunk(index);
    if (!bytes) return;
    const bool is_true =
        !row_ ||
        row_->verifies(hash::ChunkIndex{static_cast<std::uint32_t>(index)}, as_bytes(*bytes));
    if (index == 0) first_chunk_ = std::move(*bytes);
    if (!is_true) {
      find(Severity::problem, "changed",
           std::string(
               "has other bytes at the origin than the playlist names, so that nobody plays it") +
               remake);
      return;
    }
    if (!row_ || !has_ranges_) return;
  }
}

void FileCheck::find_sample_rate() {
  std::uint64_t start = 0;
  if (facts_ && !facts_->seconds.empty()) start = facts_->seconds.front();
  if (start < hash::chunk_bytes) {
    const auto bytes = as_bytes(first_chunk_);
    checked_.sample_rate =
        sample_rate_of(bytes.subspan(std::min<std::size_t>(start, bytes.size())));
  } else if (length_ && start < *length_ && has_ranges_) {
    // The sound begins behind a large picture.
    const auto bytes = chunk(start / hash::chunk_bytes);
    if (bytes) {
      checked_.sample_rate = sample_rate_of(as_bytes(*bytes).subspan(start % hash::chunk_bytes));
    }
  }
}

void FileCheck::check_duration(std::chrono::milliseconds duration, const std::string& source) {
  if (!item_.duration || std::chrono::abs(duration - *item_.duration) <= std::chrono::seconds(1)) {
    return;
  }
  find(Severity::problem, "duration",
       "lasts " + clock_text(duration) + source + ", and the playlist says " +
           clock_text(*item_.duration) + ": what comes next would be cut or late" + remake);
}

void FileCheck::check_whole() {
  const auto facts = web_.scan(item_.url);
  if (!facts) {
    find(Severity::problem, "missing", "cannot be had as a whole: " + facts.error().message);
    return;
  }
  if (item_.root && facts->root != item_.root) {
    find(Severity::problem, "changed",
         std::string(
             "is another file at the origin than the playlist names, so that nobody plays it") +
             remake);
  }
  if (facts->duration) check_duration(*facts->duration, "");
}

CheckedFile FileCheck::run() {
  checked_.type = item_.type;
  if (!ask_head()) return std::move(checked_);
  read_facts();
  if (facts_ && facts_->duration && facts_->length == length_) {
    check_duration(*facts_->duration, " as its .thex.json says");
  }
  if (item_.root && length_ && *length_ == item_.length.value_or(*length_) &&
      *length_ <= hash::max_file_bytes) {
    read_row();
  }
  if (length_ && *length_ > 0) {
    check_chunks();
    find_sample_rate();
  }
  if (options_.reads_whole) check_whole();
  return std::move(checked_);
}

}  // namespace

CheckedFile check_file(const playlist::Item& item, WallTime at, const FileCheckOptions& options,
                       Web& web) {
  return FileCheck(item, at, options, web).run();
}

}  // namespace alluvium::broadcaster
