#pragma once

#include "core/base/result.hpp"
#include "gateway/broadcaster/library/library_entry.hpp"

#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace alluvium::broadcaster {

/// An entry as one line of JSON, without its line end, and back. Names may have any bytes.
[[nodiscard]] std::string catalogue_line(const LibraryEntry& entry);
[[nodiscard]] Result<LibraryEntry> parse_catalogue_line(std::string_view line);

/// Reads what an earlier run found out, entry by entry in byte order of the names, so that it is
/// never in memory as a whole. What cannot be read is as if it were not there: it is only measured
/// again.
class CatalogueReader {
 public:
  explicit CatalogueReader(const std::filesystem::path& path);

  /// What is known of `file`, if it is still the same. Names must come in ascending order.
  [[nodiscard]] std::optional<LibraryEntry> take(const FoundFile& file);

 private:
  void advance();

  std::ifstream file_;
  std::optional<LibraryEntry> next_;
};

/// Writes entries in the order in which `next` gives them, until it gives null. Replaces the file
/// as a whole; throws std::runtime_error with one sentence.
void write_catalogue(const std::filesystem::path& path,
                     const std::function<const LibraryEntry*()>& next);

}  // namespace alluvium::broadcaster
