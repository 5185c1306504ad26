#include "core/base/bytes.hpp"
#include "core/http/url.hpp"
#include "gateway/query.hpp"
#include "tests/fuzz/require.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace {

using namespace alluvium;
using fuzz::require;

/// What is read is a normal spelling that a request line can carry, and reads back as itself.
void check(const Result<http::Url>& read) {
  if (!read) return require(!read.error().message.empty());
  const http::Url& url = *read;
  require(url.text().size() <= 4'096);
  require(url.text().starts_with("http://") || url.text().starts_with("https://"));
  require(url.origin() + url.target() == url.text());
  require(url.target().starts_with('/') && !url.host().empty() && url.port() != 0);
  require(std::all_of(url.text().begin(), url.text().end(),
                      [](char c) { return c > ' ' && c <= '~' && c != '#'; }));
  require(url.origin().find('@') == std::string::npos);
  const auto again = http::Url::parse(url.text());
  require(again.ok() && again->text() == url.text() && again->host() == url.host());
}

}  // namespace

/// An absolute URL, a reference on its own, and the value of a query.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text(ByteView(data, size));
  static const http::Url base = http::Url::parse("http://[2001:db8::1]:8000/a/b/c?d").value();
  check(http::Url::parse(text));
  check(base.resolve(text));
  check(gateway::parse_uri_parameter(text));
  return 0;
}
