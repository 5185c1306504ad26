#pragma once

#include "core/time/clock.hpp"
#include "gateway/file_version.hpp"

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace alluvium::gateway {

/// Which files are known, by URL and by name, and which could not be had lately. A URL has one
/// current version; versions that were replaced can still be found by name for a while, because
/// listeners are still sharing them. Pure: time is passed in. Bounded: when `max_files` are known,
/// the version confirmed longest ago gives way.
class FileRegistry {
 public:
  static constexpr std::size_t max_files = 100'000;
  static constexpr std::size_t max_replaced = 64;
  static constexpr std::size_t max_failures = 10'000;

  using File = std::shared_ptr<const FileVersion>;

  /// So long after a failure `has_failed_lately`.
  explicit FileRegistry(Duration failure_lifetime = std::chrono::seconds(30))
      : failure_lifetime_(failure_lifetime) {}

  /// Makes `file` the current version of its URL, confirmed now, and forgets failures.
  void add(File file, Instant now);
  /// The origin said at `now` that the current version is still the file; forgets failures.
  void confirm(const http::Url& url, Instant now);
  /// The file could not be had at `now`, for the reason given. A known one stays known: listeners
  /// share it.
  void fail(const http::Url& url, std::string reason, Instant now);

  /// As if the URL had never been known; nothing of it is kept by name either, unless another URL
  /// has the same file.
  void forget(const http::Url& url);

  /// Null if not known.
  [[nodiscard]] File by_url(const http::Url& url) const;
  [[nodiscard]] File by_root(const hash::TreeRoot& root) const;
  /// All URLs whose current version has this name, the one known longest first.
  [[nodiscard]] std::vector<http::Url> urls_of(const hash::TreeRoot& root) const;
  /// The current version of every URL.
  [[nodiscard]] std::vector<File> current() const;
  /// How long ago the origin of the current version was last asked.
  [[nodiscard]] Duration age(const http::Url& url, Instant now) const;
  [[nodiscard]] bool has_failed_lately(const http::Url& url, Instant now) const;
  /// Why the file could not be had when its origin was last asked; empty if it could.
  [[nodiscard]] std::string_view last_failure(const http::Url& url) const;

  [[nodiscard]] std::size_t size() const { return by_url_.size(); }

 private:
  struct Current {
    File file;
    Instant confirmed;
  };
  struct Failure {
    Instant until;
    std::string reason;
  };
  struct Named {
    File file;
    std::vector<http::Url> urls;
  };

  void unlink(const http::Url& url);
  void make_room();

  Duration failure_lifetime_;
  std::map<http::Url, Current> by_url_;
  std::map<hash::TreeRoot, Named> by_root_;
  std::deque<hash::TreeRoot> replaced_;  ///< Names in by_root_ that have no URL, oldest first.
  std::map<http::Url, Failure> failures_;
};

}  // namespace alluvium::gateway
