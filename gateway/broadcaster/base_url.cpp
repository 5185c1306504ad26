#include "gateway/broadcaster/base_url.hpp"

namespace alluvium::broadcaster {

Result<http::Url> parse_gateway_url(std::string_view text) {
  constexpr std::string_view lookup_path = "/gateway/head";
  while (text.ends_with('/')) text.remove_suffix(1);
  if (text.ends_with(lookup_path)) text.remove_suffix(lookup_path.size());
  return http::Url::parse(text);
}

Result<http::Url> parse_base_url(std::string_view text) {
  auto url = http::Url::parse(text);
  if (!url) return url.error();
  if (url->path() != url->target()) return Error{"the URL of a folder has no query"};
  if (url->path().ends_with('/')) return url;
  return http::Url::parse(url->text() + "/");
}

}  // namespace alluvium::broadcaster
