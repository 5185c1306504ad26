#include "gateway/file_registry.hpp"

#include <algorithm>

namespace alluvium::gateway {

void FileRegistry::add(File file, Instant now) {
  const http::Url url = file->url;
  const hash::TreeRoot root = file->root();
  failures_.erase(url);
  if (const auto known = by_url_.find(url); known != by_url_.end()) {
    if (known->second.file->root() != root) unlink(url);
  } else {
    make_room();
  }
  Named& named = by_root_[root];
  if (named.urls.empty()) std::erase(replaced_, root);
  if (std::find(named.urls.begin(), named.urls.end(), url) == named.urls.end()) {
    named.urls.push_back(url);
  }
  if (!named.file || named.file->url == url) named.file = file;
  by_url_.insert_or_assign(url, Current{std::move(file), now});
}

void FileRegistry::confirm(const http::Url& url, Instant now) {
  failures_.erase(url);
  if (const auto known = by_url_.find(url); known != by_url_.end()) known->second.confirmed = now;
}

void FileRegistry::fail(const http::Url& url, std::string reason, Instant now) {
  if (failures_.size() >= max_failures) {
    std::erase_if(failures_, [&](const auto& entry) { return entry.second.until <= now; });
    if (failures_.size() >= max_failures) failures_.erase(failures_.begin());
  }
  failures_[url] = {now + failure_lifetime_, std::move(reason)};
  if (const auto known = by_url_.find(url); known != by_url_.end()) known->second.confirmed = now;
}

void FileRegistry::forget(const http::Url& url) {
  const auto known = by_url_.find(url);
  if (known == by_url_.end()) return;
  const hash::TreeRoot root = known->second.file->root();
  unlink(url);
  by_url_.erase(known);
  if (std::erase(replaced_, root) > 0) by_root_.erase(root);
}

FileRegistry::File FileRegistry::by_url(const http::Url& url) const {
  const auto known = by_url_.find(url);
  return known == by_url_.end() ? nullptr : known->second.file;
}

FileRegistry::File FileRegistry::by_root(const hash::TreeRoot& root) const {
  const auto named = by_root_.find(root);
  return named == by_root_.end() ? nullptr : named->second.file;
}

std::vector<http::Url> FileRegistry::urls_of(const hash::TreeRoot& root) const {
  const auto named = by_root_.find(root);
  return named == by_root_.end() ? std::vector<http::Url>() : named->second.urls;
}

std::vector<FileRegistry::File> FileRegistry::current() const {
  std::vector<File> files;
  files.reserve(by_url_.size());
  for (const auto& [url, current] : by_url_) files.push_back(current.file);
  return files;
}

Duration FileRegistry::age(const http::Url& url, Instant now) const {
  const auto known = by_url_.find(url);
  return known == by_url_.end() ? Duration::zero() : now - known->second.confirmed;
}

bool FileRegistry::has_failed_lately(const http::Url& url, Instant now) const {
  const auto failure = failures_.find(url);
  return failure != failures_.end() && now < failure->second.until;
}

std::string_view FileRegistry::last_failure(const http::Url& url) const {
  const auto failure = failures_.find(url);
  return failure == failures_.end() ? std::string_view() : failure->second.reason;
}

void FileRegistry::unlink(const http::Url& url) {
  const auto named = by_root_.find(by_url_.at(url).file->root());
  std::erase(named->second.urls, url);
  if (!named->second.urls.empty()) {
    if (named->second.file->url == url) named->second.file = by_url(named->second.urls.front());
    return;
  }
  replaced_.push_back(named->first);
  if (replaced_.size() > max_replaced) {
    by_root_.erase(replaced_.front());
    replaced_.pop_front();
  }
}

void FileRegistry::make_room() {
  if (by_url_.size() < max_files) return;
  const auto oldest = std::min_element(
      by_url_.begin(), by_url_.end(),
      [](const auto& a, const auto& b) { return a.second.confirmed < b.second.confirmed; });
  unlink(oldest->first);
  by_url_.erase(oldest);
}

}  // namespace alluvium::gateway
