#include "gateway/uri_res.hpp"

#include "core/base/text.hpp"
#include "core/http/range.hpp"
#include "gateway/head_answer.hpp"

#include <algorithm>

namespace alluvium::gateway {

namespace {

/// Every location there is: lists are bounded where they are made.
constexpr std::size_t all_locations = 1'000;

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

std::optional<hash::TreeRoot> asked_name(const http::Request& request) {
  const auto name = percent_decoded(request.query());
  return name ? hash::TreeRoot::from_urn(*name) : std::nullopt;
}

http::Response leaf_row_answer(const http::Request& request, const FileVersion& file) {
  const std::string etag = '"' + hash::base32(file.root().digest) + '"';
  http::Headers headers{{"ETag", etag},
                        {"Cache-Control", "public, max-age=31536000, immutable"},
                        {"Accept-Ranges", "bytes"}};
  if (const auto known = request.headers.find("If-None-Match"); known && matches(*known, etag)) {
    return {{304, std::move(headers)}, {}};
  }
  headers.add("Content-Type", "application/octet-stream");
  const std::uint64_t total = file.leaves.size();
  const auto condition = request.headers.find("If-Range");
  const http::RangeRequest asked = condition && *condition != etag
                                       ? http::RangeRequest(http::WholeFile{})
                                       : http::parse_range(request.headers.find("Range"), total);
  if (std::holds_alternative<http::ImpossibleRange>(asked)) {
    http::Response response = http::text_response(416, "the leaf row has no such range");
    response.head.headers.add("Content-Range", "bytes */" + std::to_string(total));
    return response;
  }
  if (const auto* range = std::get_if<ByteRange>(&asked)) {
    headers.add("Content-Range", http::format_content_range(*range, total));
    return {{206, std::move(headers)}, file.leaves.part(range->begin, range->size())};
  }
  return {{200, std::move(headers)}, file.leaves};
}

http::Response characteristics_answer(const FileVersion& file, const Locations& locations) {
  return {{200, {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}}},
          Slice(characteristics(file, locations))};
}

http::Response locations_answer(const hash::TreeRoot& root, const Locations& locations) {
  std::string list = "# " + root.urn() + "\r\n";
  for (const auto& url : locations.in_order(all_locations)) list += url + "\r\n";
  return {{200, {{"Content-Type", "text/uri-list"}, {"Cache-Control", "no-store"}}}, Slice(list)};
}

http::Response redirect_answer(const http::Request& request, const Locations& locations) {
  if (locations.origins.empty()) {
    return http::text_response(404, "the origin has another version of this file now");
  }
  http::Response response =
      http::text_response(request.minor_version == 0 ? 302 : 303, "the file is at its origin");
  response.head.headers.add("Location", locations.origins.front().text());
  return response;
}

}  // namespace alluvium::gateway
