#include "gateway/head_answer.hpp"

#include "core/hash/digest.hpp"
#include "gateway/metalink.hpp"

namespace alluvium::gateway {

namespace {

http::Headers shared_headers(const FileVersion& file, const Locations& locations) {
  const std::string urn = file.root().urn();
  http::Headers headers;
  headers.add("X-Content-URN", urn);
  headers.add("X-Content-URN", "urn:sha256:" + hash::base32(*file.facts.sha256));
  headers.add("X-Thex-URI", "/uri-res/N2X?" + urn + " ; " + hash::base32(file.root().digest));
  for (const auto& url : locations.in_order(most_locations)) {
    headers.add("X-URI-RES", url + " ; N2R");
    headers.add("Link", "<" + url + ">; rel=duplicate");
  }
  headers.add("Link", "<" + metalink_path(file.url) +
                          ">; rel=describedby; type=\"application/metalink4+xml\"");
  headers.add("Cache-Control", "no-store");
  return headers;
}

}  // namespace

std::string characteristics(const FileVersion& file, const Locations& locations) {
  media::FileFacts facts = file.facts;
  facts.peers = locations.peers;
  for (const auto& mirror : locations.mirrors) facts.mirrors.push_back(mirror.text());
  return media::to_json(facts);
}

http::Response head_answer(const FileVersion& file, const Locations& locations) {
  http::Response response{{200, shared_headers(file, locations)},
                          Slice(characteristics(file, locations))};
  response.head.headers.add("Content-Type", "application/json");
  return response;
}

http::Response short_head_answer(const FileVersion& file, std::vector<std::string> peers) {
  const Locations some{std::move(peers), {}, {}};
  return {{200,
           {{"X-Content-URN", file.root().urn()},
            {"Cache-Control", "no-store"},
            {"Preference-Applied", "return=minimal"},
            {"Content-Type", "application/json"}}},
          Slice(characteristics(file, some))};
}

http::ResponseHead file_head(const FileVersion& file, const Locations& locations) {
  http::ResponseHead head{200, shared_headers(file, locations)};
  const media::FileFacts& facts = file.facts;
  head.headers.add("Content-Type", facts.type.empty() ? "application/octet-stream" : facts.type);
  if (!facts.etag.empty()) head.headers.add("ETag", facts.etag);
  if (!facts.last_modified.empty()) head.headers.add("Last-Modified", facts.last_modified);
  if (facts.sha256)
    head.headers.add("Repr-Digest", "sha-256=:" + hash::base64(*facts.sha256) + ":");
  return head;
}

}  // namespace alluvium::gateway
