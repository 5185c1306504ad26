#include "gateway/uri_res.hpp"

#include "tests/gateway/surroundings.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::gateway;

namespace {

const FileVersion file = test::file_of("http://a/x.mp3", test::some_bytes(100'000));
const std::string etag = '"' + hash::base32(file.root().digest) + '"';

http::Response row_with(std::initializer_list<http::Headers::Field> fields) {
  http::Request request = test::request("GET", "/uri-res/N2X?" + file.root().urn());
  for (const auto& [name, value] : fields) request.headers.add(name, value);
  return leaf_row_answer(request, file);
}

}  // namespace

TEST_CASE("a leaf row is 32 bytes a chunk and may be cached for ever") {
  const auto response = row_with({});
  CHECK(response.head.status == 200);
  CHECK(response.body.size() == 7 * 32);
  CHECK(response.head.headers.find("ETag") == etag);
  CHECK(response.head.headers.find("Cache-Control") == "public, max-age=31536000, immutable");
  CHECK(response.head.headers.find("Content-Type") == "application/octet-stream");
}

TEST_CASE("a leaf row is served in ranges") {
  const auto part = row_with({{"Range", "bytes=32-63"}});
  CHECK(part.head.status == 206);
  CHECK(part.head.headers.find("Content-Range") == "bytes 32-63/224");
  CHECK(to_bytes(part.body.view()) == to_bytes(file.leaves.part(32, 32).view()));

  const auto beyond = row_with({{"Range", "bytes=224-"}});
  CHECK(beyond.head.status == 416);
  CHECK(beyond.head.headers.find("Content-Range") == "bytes */224");

  CHECK(row_with({{"Range", "bytes=0-1"}, {"If-Range", etag}}).head.status == 206);
  CHECK(row_with({{"Range", "bytes=0-1"}, {"If-Range", "\"other\""}}).head.status == 200);
}

TEST_CASE("who has the leaf row already is told so") {
  for (const std::string& tags : {etag, "W/" + etag, "\"x\", " + etag, std::string("*")}) {
    INFO(tags);
    const auto response = row_with({{"If-None-Match", tags}});
    CHECK(response.head.status == 304);
    CHECK(response.head.headers.find("ETag") == etag);
  }
  CHECK(row_with({{"If-None-Match", "\"x\""}}).head.status == 200);
}

TEST_CASE("the name asked for is the whole query, in any case, encoded or not") {
  const auto name_in = [](std::string query) {
    return asked_name(test::request("GET", "/uri-res/N2X?" + query));
  };
  const std::string urn = file.root().urn();
  CHECK(name_in(urn) == file.root());
  CHECK(name_in("URN:TREE:SHA256:" + urn.substr(16)) == file.root());
  CHECK(name_in("urn%3Atree%3Asha256%3A" + urn.substr(16)) == file.root());
  for (const std::string& bad : {std::string(), urn + "x", urn.substr(0, 60), "x=" + urn,
                                 std::string("urn:sha1:AAAA"), std::string("%zz")}) {
    INFO(bad);
    CHECK_FALSE(name_in(bad));
  }
}

TEST_CASE("an old client is redirected by 302, any other by 303") {
  http::Request request = test::request("GET", "/uri-res/N2L?" + file.root().urn());
  const Locations locations{{}, {}, {file.url}};
  CHECK(redirect_answer(request, locations).head.status == 303);
  CHECK(redirect_answer(request, locations).head.headers.find("Location") == "http://a/x.mp3");
  request.minor_version = 0;
  CHECK(redirect_answer(request, locations).head.status == 302);
  CHECK(redirect_answer(request, {}).head.status == 404);
}

TEST_CASE("the list of locations begins with the name") {
  const Locations locations{
      {"http://8.8.8.8:9000/uri-res/N2R?x"}, {test::url("http://m/")}, {file.url}};
  const auto response = locations_answer(file.root(), locations);
  CHECK(as_text(response.body.view()) ==
        "# " + file.root().urn() +
            "\r\nhttp://8.8.8.8:9000/uri-res/N2R?x\r\nhttp://m/\r\nhttp://a/x.mp3\r\n");
}
