#include "core/http/url.hpp"

#include "core/base/random.hpp"

#include <set>

#include <catch2/catch.hpp>

using alluvium::Random;
using alluvium::http::Url;

namespace {

struct Spelling {
  std::string written;
  std::string normal;
};

/// Every kind of rule in one table: whatever is added is also checked for idempotence.
const std::vector<Spelling> spellings = {
    {"http://example.org/a.mp3", "http://example.org/a.mp3"},
    {"HTTP://EXAMPLE.org/A.mp3", "http://example.org/A.mp3"},
    {"HtTpS://example.org/", "https://example.org/"},
    {"http://example.org", "http://example.org/"},
    {"http://example.org?q", "http://example.org/?q"},
    {"http://example.org/?", "http://example.org/?"},
    {"http://example.org:80/", "http://example.org/"},
    {"http://example.org:/", "http://example.org/"},
    {"http://example.org:0080/", "http://example.org/"},
    {"http://example.org:443/", "http://example.org:443/"},
    {"https://example.org:443/", "https://example.org/"},
    {"https://example.org:80/", "https://example.org:80/"},
    {"http://example.org:65535/", "http://example.org:65535/"},
    {"http://example.org/a#b", "http://example.org/a"},
    {"http://example.org#b", "http://example.org/"},
    {"http://example.org/?a#b?c#d", "http://example.org/?a"},
    {"http://example.org/a b.mp3", "http://example.org/a%20b.mp3"},
    {"http://example.org/a+b.mp3", "http://example.org/a+b.mp3"},
    {"http://example.org/gr\xc3\xbc\xc3\x9f.mp3", "http://example.org/gr%C3%BC%C3%9F.mp3"},
    {"http://example.org/\xfc", "http://example.org/%FC"},
    {"http://example.org/?\xc3\xa4=b c", "http://example.org/?%C3%A4=b%20c"},
    {"http://example.org/a[1].mp3?[]", "http://example.org/a%5B1%5D.mp3?%5B%5D"},
    {"http://example.org/a|b\\c^d`e{f}g<h>i\"j",
     "http://example.org/a%7Cb%5Cc%5Ed%60e%7Bf%7Dg%3Ch%3Ei%22j"},
    {"http://example.org/100%", "http://example.org/100%25"},
    {"http://example.org/%zz%4", "http://example.org/%25zz%254"},
    {"http://example.org/%%41", "http://example.org/%25%41"},
    {"http://example.org/%c3%bc%7e%2e%2F", "http://example.org/%C3%BC%7E%2E%2F"},
    {"http://example.org/a;b,c=d'(e)!*$&:@~_", "http://example.org/a;b,c=d'(e)!*$&:@~_"},
    {"http://example.org/a/./b/../c", "http://example.org/a/c"},
    {"http://example.org/../../a", "http://example.org/a"},
    {"http://example.org/a/..", "http://example.org/"},
    {"http://example.org/a/.", "http://example.org/a/"},
    {"http://example.org/a/b/..", "http://example.org/a/"},
    {"http://example.org//a//b/", "http://example.org//a//b/"},
    {"http://example.org/..//a", "http://example.org//a"},
    {"http://example.org/.../a", "http://example.org/.../a"},
    {"http://example.org/a?b/../c", "http://example.org/a?b/../c"},
    {"http://example.org./", "http://example.org./"},
    {"http://127.0.0.1:8000/", "http://127.0.0.1:8000/"},
    {"http://[::1]:8000/a", "http://[::1]:8000/a"},
    {"http://[2001:DB8:0:0::1]/", "http://[2001:db8::1]/"},
    {"http://[::1]", "http://[::1]/"},
    {"http://[::ffff:192.0.2.1]/", "http://192.0.2.1/"},
};

}  // namespace

TEST_CASE("every spelling of a URL has one normal form") {
  for (const auto& [written, normal] : spellings) {
    CAPTURE(written);
    const auto url = Url::parse(written);
    REQUIRE(url.ok());
    CHECK(url->text() == normal);
  }
}

TEST_CASE("a normal form is its own normal form") {
  for (const auto& [written, normal] : spellings) {
    CAPTURE(written);
    const auto again = Url::parse(normal);
    REQUIRE(again.ok());
    CHECK(again->text() == normal);
    CHECK(again->target() == Url::parse(written)->target());
  }
}

TEST_CASE("random texts are refused or normal after one pass") {
  const std::string_view alphabet = "ab/.:?#%@[]A2 \xc3\xbc\\";
  Random random(1);
  int accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text = "http://h";
    const std::uint64_t length = random.below(12);
    for (std::uint64_t i = 0; i < length; ++i) text += alphabet[random.below(alphabet.size())];
    const auto url = Url::parse(text);
    if (!url) continue;
    ++accepted;
    CAPTURE(text);
    REQUIRE(Url::parse(url->text()).ok());
    REQUIRE(Url::parse(url->text())->text() == url->text());
    REQUIRE(url->resolve("").ok());
    REQUIRE(url->resolve("")->text() == url->text());
  }
  CHECK(accepted > 1000);
}

TEST_CASE("what is not an http URL with a plain host is refused with a reason") {
  const std::vector<Spelling> refused = {
      {"", "not absolute"},
      {"a.mp3", "not absolute"},
      {"//example.org/", "not absolute"},
      {"/a", "not absolute"},
      {" http://example.org/", "not absolute"},
      {"12:30.mp3", "not absolute"},
      {"ftp://example.org/", "not http or https"},
      {"file:///etc/passwd", "not http or https"},
      {"javascript:alert(1)", "not http or https"},
      {"http:", "no host"},
      {"http:a", "no host"},
      {"http:///a", "no host"},
      {"http://:80/", "no host"},
      {"http://user@example.org/", "user name"},
      {"http://user:secret@example.org/", "user name"},
      {"http://@example.org/", "user name"},
      {"http://example.org:0/", "port"},
      {"http://example.org:65536/", "port"},
      {"http://example.org:99999999999999999999/", "port"},
      {"http://example.org:8a/", "RFC 3986"},
      {"http://[::1/", "RFC 3986"},
      {"http://[::g]/", "RFC 3986"},
      {"http://[fe80::1%25lo]/", "RFC 3986"},
      {"http://[v1.a]/", "host"},
      {"http://m\xc3\xbcnchen.example/", "RFC 3986"},
      {"http://a%41/", "host"},
      {"http://a!b/", "host"},
      {"http://a b/", "RFC 3986"},
      {"http://a\\b/", "RFC 3986"},
      {"http://example.org/a\nb", "control"},
      {std::string("http://example.org/\0a", 21), "control"},
      {"http://example.org/\x7f", "control"},
  };
  for (const auto& [written, reason] : refused) {
    CAPTURE(written);
    const auto url = Url::parse(written);
    REQUIRE_FALSE(url.ok());
    CHECK_THAT(url.error().message, Catch::Contains(reason));
  }
}

TEST_CASE("a URL has at most 4096 bytes, counted after encoding") {
  const std::string front = "http://h/";
  const std::string longest = front + std::string(4096 - front.size(), 'a');
  CHECK(Url::parse(longest).ok());
  CHECK_FALSE(Url::parse(longest + "a").ok());
  CHECK_FALSE(Url::parse(front + std::string(2000, ' ')).ok());
  CHECK_FALSE(Url::parse(longest)->resolve("/" + std::string(4090, 'a')).ok());
}

TEST_CASE("the examples of RFC 3986 section 5.4 resolve as printed there") {
  const auto base = Url::parse("http://a/b/c/d;p?q");
  REQUIRE(base.ok());
  const std::vector<Spelling> examples = {
      {"g", "http://a/b/c/g"},
      {"./g", "http://a/b/c/g"},
      {"g/", "http://a/b/c/g/"},
      {"/g", "http://a/g"},
      {"//g", "http://g/"},
      {"?y", "http://a/b/c/d;p?y"},
      {"g?y", "http://a/b/c/g?y"},
      {"#s", "http://a/b/c/d;p?q"},
      {"g#s", "http://a/b/c/g"},
      {"g?y#s", "http://a/b/c/g?y"},
      {";x", "http://a/b/c/;x"},
      {"g;x", "http://a/b/c/g;x"},
      {"g;x?y#s", "http://a/b/c/g;x?y"},
      {"", "http://a/b/c/d;p?q"},
      {".", "http://a/b/c/"},
      {"./", "http://a/b/c/"},
      {"..", "http://a/b/"},
      {"../", "http://a/b/"},
      {"../g", "http://a/b/g"},
      {"../..", "http://a/"},
      {"../../", "http://a/"},
      {"../../g", "http://a/g"},
      {"../../../g", "http://a/g"},
      {"../../../../g", "http://a/g"},
      {"/./g", "http://a/g"},
      {"/../g", "http://a/g"},
      {"g.", "http://a/b/c/g."},
      {".g", "http://a/b/c/.g"},
      {"g..", "http://a/b/c/g.."},
      {"..g", "http://a/b/c/..g"},
      {"./../g", "http://a/b/g"},
      {"./g/.", "http://a/b/c/g/"},
      {"g/./h", "http://a/b/c/g/h"},
      {"g/../h", "http://a/b/c/h"},
      {"g;x=1/./y", "http://a/b/c/g;x=1/y"},
      {"g;x=1/../y", "http://a/b/c/y"},
      {"g?y/./x", "http://a/b/c/g?y/./x"},
      {"g?y/../x", "http://a/b/c/g?y/../x"},
      {"g#s/./x", "http://a/b/c/g"},
      {"g#s/../x", "http://a/b/c/g"},
  };
  for (const auto& [reference, resolved] : examples) {
    CAPTURE(reference);
    const auto url = base->resolve(reference);
    REQUIRE(url.ok());
    CHECK(url->text() == resolved);
  }
  // Strictly: a scheme alone does not borrow the host of the base.
  for (const auto* refused : {"g:h", "http:g"}) {
    CAPTURE(refused);
    CHECK_FALSE(base->resolve(refused).ok());
  }
}

TEST_CASE("a reference is encoded as an absolute URL is") {
  const auto base = Url::parse("https://h:8443/music/list.rss?x");
  REQUIRE(base.ok());
  CHECK(base->resolve("gr\xc3\xbc\xc3\x9f [1].mp3")->text() ==
        "https://h:8443/music/gr%C3%BC%C3%9F%20%5B1%5D.mp3");
  CHECK(base->resolve("12:30 100%.mp3")->text() == "https://h:8443/music/12:30%20100%25.mp3");
  CHECK(base->resolve("//[::1]:443/a")->text() == "https://[::1]/a");
  CHECK(base->resolve("http://[::1]/a")->text() == "http://[::1]/a");
  CHECK_FALSE(base->resolve("//user@h/a").ok());
  CHECK_FALSE(base->resolve("a\tb").ok());
  CHECK_FALSE(Url().resolve("a").ok());
}

TEST_CASE("the parts of a URL are what a request needs") {
  const auto url = Url::parse("https://[::1]:8443/a/b.mp3?c=d");
  REQUIRE(url.ok());
  CHECK(url->is_https());
  CHECK(url->host() == "::1");
  CHECK(url->port() == 8443);
  CHECK(url->literal_address() == alluvium::net::IpAddress::parse("::1"));
  CHECK(url->target() == "/a/b.mp3?c=d");
  CHECK(url->path() == "/a/b.mp3");
  CHECK(url->origin() == "https://[::1]:8443");
  CHECK(url->with_path_suffix(".thex").text() == "https://[::1]:8443/a/b.mp3.thex");
  CHECK(url->with_path_suffix(".thex") == Url::parse("https://[::1]:8443/a/b.mp3.thex").value());
  CHECK_FALSE(Url::parse("http://localhost/")->literal_address());
  CHECK(Url::parse("http://localhost/")->origin() == "http://localhost");
}
