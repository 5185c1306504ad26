#include "core/http/immutable.hpp"

#include "core/base/text.hpp"
#include "core/http/range.hpp"

#include <algorithm>

namespace alluvium::http {

namespace {

/// RFC 9110 §13.1.2: `*`, or one of the listed tags by weak comparison.
bool matches(std::string_view if_none_match, std::string_view etag) {
  const auto tags = split(if_none_match, ',');
  return std::any_of(tags.begin(), tags.end(), [&](std::string_view tag) {
    tag = trimmed(tag);
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    return tag == "*" || tag == etag;
  });
}

}  // namespace

Response immutable_response(const Request& request, const Slice& bytes, const std::string& etag) {
  Headers headers{{"ETag", etag},
                  {"Cache-Control", "public, max-age=31536000, immutable"},
                  {"Accept-Ranges", "bytes"}};
  if (const auto known = request.headers.find("If-None-Match"); known && matches(*known, etag)) {
    return {{304, std::move(headers)}, {}};
  }
  headers.add("Content-Type", "application/octet-stream");
  const auto condition = request.headers.find("If-Range");
  const RangeRequest asked = condition && *condition != etag
                                 ? RangeRequest(WholeFile{})
                                 : parse_range(request.headers.find("Range"), bytes.size());
  if (std::holds_alternative<ImpossibleRange>(asked)) {
    Response response = text_response(416, "there is no such range");
    response.head.headers.add("Content-Range", "bytes */" + std::to_string(bytes.size()));
    return response;
  }
  if (const auto* range = std::get_if<ByteRange>(&asked)) {
    headers.add("Content-Range", format_content_range(*range, bytes.size()));
    return {{206, std::move(headers)}, bytes.part(range->begin, range->size())};
  }
  return {{200, std::move(headers)}, bytes};
}

}  // namespace alluvium::http
