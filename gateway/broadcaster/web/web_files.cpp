#include "gateway/broadcaster/web/web_files.hpp"

#include "core/base/text.hpp"
#include "gateway/broadcaster/atomic_file.hpp"

#include <fstream>
#include <utility>

namespace alluvium::broadcaster {

WebFiles::WebFiles(Web& web, const std::filesystem::path& catalogue) : web_(web) {
  std::ifstream file(catalogue, std::ios::binary);
  for (std::string line; std::getline(file, line);) {
    if (auto facts = media::parse_file_facts(line)) {
      std::string uri = facts->uri;
      known_.emplace(std::move(uri), std::move(*facts));
    }
  }
}

bool WebFiles::is_unchanged(const http::Url& url, const media::FileFacts& known) {
  if (known.etag.empty() && known.last_modified.empty()) return false;
  http::ClientRequest request = request_for(url, 0);
  request.method = "HEAD";
  const auto answer = web_.ask(std::move(request));
  if (trouble_with(answer)) return false;
  const http::Headers& headers = std::get<http::WholeResponse>(answer).head.headers;
  const auto length = headers.find("Content-Length");
  return length && parse_uint(*length) == known.length &&
         headers.find("ETag").value_or("") == known.etag &&
         headers.find("Last-Modified").value_or("") == known.last_modified;
}

Result<media::FileFacts> WebFiles::facts_of(const http::Url& url) {
  const auto known = known_.find(url.text());
  if (known != known_.end() && is_unchanged(url, known->second)) {
    return used_[url.text()] = known->second;
  }
  auto facts = web_.scan(url);
  if (!facts) return facts;
  facts->seconds = {};
  facts->links = {};
  return used_[url.text()] = std::move(*facts);
}

void WebFiles::keep(const std::filesystem::path& catalogue) const {
  std::string text;
  for (const auto& [uri, facts] : used_) text += media::to_json(facts) + "\n";
  replace_if_different(catalogue, text);
}

}  // namespace alluvium::broadcaster
