#pragma once

#include "core/http/url.hpp"
#include "core/media/file_facts.hpp"
#include "gateway/broadcaster/web/web.hpp"

#include <filesystem>
#include <map>

namespace alluvium::broadcaster {

/// Files on somebody else's server, measured by fetching each once. Those that their server says
/// are unchanged are not fetched again: what was found out is kept in a file, the catalogue.
class WebFiles {
 public:
  /// What cannot be read in `catalogue` is as if it were not there.
  WebFiles(Web& web, const std::filesystem::path& catalogue);

  /// Asks the server whether the file is what is known, and fetches it if not.
  [[nodiscard]] Result<media::FileFacts> facts_of(const http::Url& url);
  /// Keeps what was asked for since the start. Throws std::runtime_error with one sentence.
  void keep(const std::filesystem::path& catalogue) const;

 private:
  [[nodiscard]] bool is_unchanged(const http::Url& url, const media::FileFacts& known);

  Web& web_;
  std::map<std::string, media::FileFacts> known_;
  std::map<std::string, media::FileFacts> used_;
};

}  // namespace alluvium::broadcaster
