#include "gateway/query.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::gateway;

TEST_CASE("the file asked about is raw to the end of the query, or encoded up to the next &") {
  struct Row {
    const char* query;
    const char* file;  ///< Null: an error.
  };
  const Row rows[] = {
      {"uri=http://a/b.mp3", "http://a/b.mp3"},
      {"uri=https://a/b.mp3", "https://a/b.mp3"},
      {"uri=HTTP://A/b.mp3", "http://a/b.mp3"},
      {"uri=http://a/b?x=1&y=2", "http://a/b?x=1&y=2"},
      {"uri=http://a/b%20c%26d", "http://a/b%20c%26d"},
      {"uri=http://a/b+c", "http://a/b+c"},
      {"uri=http%3A%2F%2Fa%2Fb.mp3", "http://a/b.mp3"},
      {"uri=http%3a//a/b.mp3&x=y", "http://a/b.mp3"},
      {"uri=http%3A//a/b%3Fx=1%26y=2&z=3", "http://a/b?x=1&y=2"},
      {"uri=http%3A//a/b%2520c", "http://a/b%20c"},
      {"uri=http%3A//a/b+c", "http://a/b+c"},
      {"x=1&uri=http://a/b", "http://a/b"},
      {"uri=http://a/b&uri=http://c/d", "http://a/b&uri=http://c/d"},
      {"xuri=http://c/d&uri=http://a/b", "http://a/b"},
      {"", nullptr},
      {"uri", nullptr},
      {"uri=", nullptr},
      {"url=http://a/b", nullptr},
      {"uri=http%3A//a/%zz", nullptr},
      {"uri=http%3A//a/%2", nullptr},
      {"uri=ftp://a/b", nullptr},
      {"uri=file:///etc/passwd", nullptr},
      {"uri=http:", nullptr},
      {"uri=http%3A//a/%0d%0aX-Evil:%201", nullptr},
  };
  for (const auto& row : rows) {
    INFO(row.query);
    const auto file = parse_uri_parameter(row.query);
    REQUIRE(file.ok() == (row.file != nullptr));
    if (row.file != nullptr) CHECK(file->text() == row.file);
  }
}

TEST_CASE("a parameter's value ends at the next &") {
  CHECK(query_parameter("port=1&x=2", "port") == "1");
  CHECK(query_parameter("x=2&port=1", "port") == "1");
  CHECK(query_parameter("port=", "port") == "");
  CHECK_FALSE(query_parameter("report=1", "port"));
  CHECK_FALSE(query_parameter("", "port"));
}
