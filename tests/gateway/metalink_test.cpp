#include "gateway/metalink.hpp"

#include "tests/gateway/surroundings.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::gateway;
using test::url;

TEST_CASE("a file's name is the last segment, without what could do harm") {
  struct Row {
    std::string url;
    std::string name;
  };
  const Row rows[] = {
      {"http://a/b/song.mp3", "song.mp3"},
      {"http://a/b/song.mp3?x=/y", "song.mp3"},
      {"http://a/", "file"},
      {"http://a/b/", "file"},
      {"http://a/two%20words.mp3", "two words.mp3"},
      {"http://a/..%2f..%2fetc%2fpasswd", "etcpasswd"},
      {"http://a/%2e%2e", "file"},
      {"http://a/.bashrc", "bashrc"},
      {"http://a/a%00b%0ac%1b.mp3", "abc.mp3"},
      {"http://a/c:%5cwindows", "cwindows"},
      {"http://a/%C3%A9t%C3%A9.mp3", "été.mp3"},
      {"http://a/%ff.mp3", "\xef\xbf\xbd.mp3"},
      {"http://a/" + std::string(300, 'x'), std::string(200, 'x')},
  };
  for (const auto& row : rows) {
    INFO(row.url);
    CHECK(file_name_of(url(row.url)) == row.name);
  }
}

TEST_CASE("a long name is cut between characters") {
  std::string text = "http://a/x";
  for (int i = 0; i < 100; ++i) text += "%C3%A9";
  const std::string name = file_name_of(url(text));
  CHECK(name.size() == 199);
  CHECK(name.ends_with("é"));
}

TEST_CASE("a Metalink names peers, then mirrors, and the origin last") {
  const FileVersion file = test::file_of("http://a/x&y.mp3", test::some_bytes(300'000));
  Locations locations;
  for (int i = 0; i < 10; ++i) {
    locations.peers.push_back("http://8.8.8.8:900" + std::to_string(i) + "/uri-res/N2R?x");
  }
  locations.mirrors = {url("http://m/x")};
  locations.origins = {url("http://a/x&y.mp3")};
  const std::string xml = metalink_document(file, locations);
  CHECK(xml.find("<file name=\"x&amp;y.mp3\">") != std::string::npos);
  CHECK(xml.find("<size>300000</size>") != std::string::npos);
  CHECK(xml.find("<hash type=\"sha-256\">" + hash::hex(*file.facts.sha256) + "</hash>") !=
        std::string::npos);
  CHECK(xml.find("<pieces length=\"262144\" type=\"sha-256\">") != std::string::npos);
  CHECK(xml.find("<hash>" + hash::hex(file.pieces[1]) + "</hash>") != std::string::npos);
  CHECK(xml.find("<url priority=\"8\">http://8.8.8.8:9007/uri-res/N2R?x</url>") !=
        std::string::npos);
  CHECK(xml.find("9008") == std::string::npos);
  CHECK(xml.find("<url priority=\"9\">http://m/x</url>") != std::string::npos);
  CHECK(xml.find("<url priority=\"10\">http://a/x&amp;y.mp3</url>\n  </file>") !=
        std::string::npos);
}

TEST_CASE("locations keep the origin, however many peers there are") {
  Locations locations;
  locations.peers = std::vector<std::string>(30, "http://peer/");
  locations.mirrors = {url("http://m/")};
  locations.origins = {url("http://a/")};
  const auto urls = locations.in_order(16);
  CHECK(urls.size() == 16);
  CHECK(urls.back() == "http://a/");
  CHECK(locations.in_order(100).size() == 32);
  CHECK(Locations().in_order(16).empty());
}
