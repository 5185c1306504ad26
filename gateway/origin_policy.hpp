#pragma once

#include "core/base/result.hpp"
#include "core/http/url.hpp"

#include <string_view>
#include <vector>

namespace alluvium::gateway {

/// What every asker is told about a file that is not to be had, whether the URL was not permitted,
/// its origin refused, or an address was filtered: who asks learns nothing about networks that only
/// the gateway can see.
inline constexpr std::string_view unavailable_text =
    "this gateway does not have that file: it may not fetch it, or its origin did not give it";

/// Which URLs the operator lets this gateway fetch for others, apart from those in the playlists it
/// subscribes to. Compares normal spellings. Value type.
class OriginPolicy {
 public:
  /// Permits `prefix` itself and what lies under it; a prefix that does not end with a slash ends
  /// at a path segment, so that `http://a/b` does not permit `http://a/bc`.
  void allow(http::Url prefix) { prefixes_.push_back(std::move(prefix)); }

  [[nodiscard]] bool permits(const http::Url& url) const;
  [[nodiscard]] bool empty() const { return prefixes_.empty(); }

 private:
  std::vector<http::Url> prefixes_;
};

}  // namespace alluvium::gateway
