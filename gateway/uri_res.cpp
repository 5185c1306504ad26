#include "gateway/uri_res.hpp"

#include "core/base/text.hpp"
#include "core/http/immutable.hpp"
#include "gateway/head_answer.hpp"

namespace alluvium::gateway {

namespace {

/// Every location there is: lists are bounded where they are made.
constexpr std::size_t all_locations = 1'000;

}  // namespace

std::optional<hash::TreeRoot> asked_name(const http::Request& request) {
  const auto name = percent_decoded(request.query());
  return name ? hash::TreeRoot::from_urn(*name) : std::nullopt;
}

http::Response leaf_row_answer(const http::Request& request, const FileVersion& file) {
  const std::string etag = '"' + hash::base32(file.root().digest) + '"';
  return http::immutable_response(request, file.leaves, etag);
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
