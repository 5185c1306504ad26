#include "gateway/file_registry.hpp"

#include "tests/gateway/surroundings.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::gateway;
using namespace std::chrono_literals;
using test::file_of;
using test::url;

namespace {

const Instant start{};

FileRegistry::File shared(FileVersion file) {
  return std::make_shared<const FileVersion>(std::move(file));
}

}  // namespace

TEST_CASE("a file is found by its URL and by its name") {
  FileRegistry registry;
  const auto song = shared(file_of("http://a/x.mp3", "song"));
  registry.add(song, start);
  CHECK(registry.by_url(url("http://a/x.mp3")) == song);
  CHECK(registry.by_root(song->root()) == song);
  CHECK(registry.by_url(url("http://a/y.mp3")) == nullptr);
  CHECK(registry.by_root({}) == nullptr);
}

TEST_CASE("the same bytes at two URLs are one name with two places") {
  FileRegistry registry;
  const auto first = shared(file_of("http://a/x", "song"));
  registry.add(first, start);
  registry.add(shared(file_of("http://b/x", "song")), start);
  CHECK(registry.urls_of(first->root()) == std::vector{url("http://a/x"), url("http://b/x")});
  registry.add(shared(file_of("http://a/x", "another")), start);
  CHECK(registry.urls_of(first->root()) == std::vector{url("http://b/x")});
  CHECK(registry.by_root(first->root())->url == url("http://b/x"));
}

TEST_CASE("a replaced version stays known by name, without a place, for a while") {
  FileRegistry registry;
  const auto first = shared(file_of("http://a/x", "version 0"));
  registry.add(first, start);
  for (std::size_t i = 1; i <= FileRegistry::max_replaced; ++i) {
    registry.add(shared(file_of("http://a/x", "version " + std::to_string(i))), start);
  }
  CHECK(registry.by_root(first->root()) == first);
  CHECK(registry.urls_of(first->root()).empty());
  registry.add(shared(file_of("http://a/x", "one more")), start);
  CHECK(registry.by_root(first->root()) == nullptr);
  CHECK(registry.size() == 1);
}

TEST_CASE("a version that comes back is current again") {
  FileRegistry registry;
  const auto first = shared(file_of("http://a/x", "one"));
  registry.add(first, start);
  registry.add(shared(file_of("http://a/x", "two")), start);
  registry.add(shared(file_of("http://a/x", "one")), start);
  CHECK(registry.urls_of(first->root()) == std::vector{url("http://a/x")});
  for (std::size_t i = 0; i < 2 * FileRegistry::max_replaced; ++i) {
    registry.add(shared(file_of("http://b/x", "version " + std::to_string(i))), start);
  }
  CHECK(registry.by_root(first->root()) != nullptr);
}

TEST_CASE("a failure counts for half a minute, or until the file is there") {
  FileRegistry registry;
  const auto where = url("http://a/x");
  CHECK_FALSE(registry.has_failed_lately(where, start));
  registry.fail(where, "gone", start);
  CHECK(registry.has_failed_lately(where, start + 29s));
  CHECK_FALSE(registry.has_failed_lately(where, start + 30s));
  registry.fail(where, "gone", start + 40s);
  registry.add(shared(file_of("http://a/x", "song")), start + 41s);
  CHECK_FALSE(registry.has_failed_lately(where, start + 41s));
}

TEST_CASE("failures are bounded in number") {
  FileRegistry registry;
  for (std::size_t i = 0; i <= FileRegistry::max_failures; ++i) {
    registry.fail(url("http://a/" + std::to_string(i)), "gone", start);
  }
  CHECK(registry.has_failed_lately(url("http://a/" + std::to_string(FileRegistry::max_failures)),
                                   start));
}

TEST_CASE("the age of a file counts from when its origin last confirmed it") {
  FileRegistry registry;
  registry.add(shared(file_of("http://a/x", "song")), start);
  CHECK(registry.age(url("http://a/x"), start + 70s) == 70s);
  registry.confirm(url("http://a/x"), start + 60s);
  CHECK(registry.age(url("http://a/x"), start + 70s) == 10s);
}
