#include "gateway/options.hpp"

#include "tests/gateway/surroundings.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::gateway;
using Strings = std::vector<std::string>;

namespace {

Options read(Strings arguments) {
  return std::get<Options>(parse_options(std::move(arguments)));
}

std::string complaint(Strings arguments) {
  try {
    static_cast<void>(parse_options(std::move(arguments)));
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return {};
}

}  // namespace

TEST_CASE("of an option given twice the last counts, and repeatable ones add up") {
  const auto options = read({"--listen",
                             "127.0.0.1:1",
                             "--listen=[::1]:2",
                             "--store",
                             "a",
                             "--store",
                             "b",
                             "--name",
                             "x",
                             "--name=y",
                             "--station",
                             "http://a/1.rss",
                             "--station",
                             "http://a/2.rss",
                             "--allow",
                             "http://b/",
                             "--allow",
                             "http://c/",
                             "--allow-net",
                             "10.0.0.0/8",
                             "--proxy",
                             "127.0.0.1",
                             "--proxy=10.0.0.0/24"});
  CHECK(options.listen.text() == "[::1]:2");
  CHECK(options.store == "b");
  CHECK(options.names == Strings{"x", "y"});
  REQUIRE(options.stations.size() == 2);
  CHECK(options.stations[1].text() == "http://a/2.rss");
  CHECK(options.origins.permits(test::url("http://b/x")));
  CHECK(options.origins.permits(test::url("http://c/x")));
  CHECK(options.rules.permits(net::IpAddress::v4(10, 1, 1, 1)));
  CHECK_FALSE(options.rules.permits(net::IpAddress::v4(127, 0, 0, 1)));
  CHECK(options.proxies.has(net::IpAddress::v4(127, 0, 0, 1)));
  CHECK(options.proxies.has(net::IpAddress::v4(10, 0, 0, 9)));
  CHECK_FALSE(options.proxies.has(net::IpAddress::v4(10, 0, 1, 9)));
}

TEST_CASE("what is not given has its default") {
  const auto options = read({"--allow", "http://a/"});
  CHECK(options.listen.text() == "[::]:8080");
  CHECK_FALSE(options.store);
  CHECK(options.log_level == "info");
}

TEST_CASE("a gateway that could serve nothing refuses to start and says why") {
  CHECK_THAT(complaint({}), Catch::Contains("--station") && Catch::Contains("--allow"));
  CHECK_THAT(complaint({"--name", "x"}), Catch::Contains("nothing to serve"));
}

TEST_CASE("what is wrong with the arguments is said in one sentence") {
  struct Row {
    Strings arguments;
    const char* part;
  };
  const Row rows[] = {
      {{"--statoin", "http://a/"}, "did you mean --station?"},
      {{"--alow=http://a/"}, "did you mean --allow?"},
      {{"--zzzzzzzzzz"}, "there is no option --zzzzzzzzzz"},
      {{"--allow", "http://a/", "extra"}, "extra"},
      {{"--allow"}, "--allow"},
      {{"--allow", "ftp://a/"}, "--allow: "},
      {{"--station", "nonsense"}, "--station: "},
      {{"--allow", "http://a/", "--listen", "nowhere"}, "--listen: "},
      {{"--allow", "http://a/", "--allow-net", "10.0.0.0/99"}, "--allow-net: "},
      {{"--allow", "http://a/", "--proxy", "nginx"}, "--proxy: "},
      {{"--allow", "http://a/", "--log-level", "loud"}, "--log-level"},
      {{"--allow", "http://a/", "--tls-cert", "a.pem"}, "--tls-key"},
      {{"--allow", "http://a/", "--tls-key", "a.pem"}, "--tls-cert"},
  };
  for (const auto& row : rows) {
    INFO(row.arguments.front());
    const std::string said = complaint(row.arguments);
    CHECK_THAT(said, Catch::Contains(row.part));
    CHECK(said.find('\n') == std::string::npos);
  }
}

TEST_CASE("help is told, not an error") {
  CHECK_THAT(std::get<Help>(parse_options({"--help"})).text, Catch::Contains("--allow-net"));
}

TEST_CASE("the printed URL is one that can be opened") {
  const auto any = read({"--allow", "http://a/"});
  CHECK(base_url(any, test::endpoint("[::]:8080")) == "http://localhost:8080");
  CHECK(base_url(any, test::endpoint("0.0.0.0:80")) == "http://localhost:80");
  CHECK(base_url(any, test::endpoint("[::1]:8080")) == "http://[::1]:8080");
  CHECK(base_url(read({"--allow", "http://a/", "--name", "gw.example"}),
                 test::endpoint("[::]:8080")) == "http://gw.example:8080");
  const auto secure = read({"--allow", "http://a/", "--tls-cert", "a", "--tls-key", "b"});
  CHECK(base_url(secure, test::endpoint("[::]:8080")) == "https://localhost:8080");
  CHECK(base_url(secure, test::endpoint("[::1]:8080")) == "https://[::1]:8080");
}

TEST_CASE("what is fetched for others can be limited otherwise than usual") {
  const Options usual = read({"--allow", "http://a/"});
  CHECK(usual.fetching.new_urls_per_client == FetchLimits{}.new_urls_per_client);
  CHECK(usual.fetching.types == FetchLimits{}.types);
  const Options options = read({"--allow",
                                "http://a/",
                                "--max-fetches",
                                "3",
                                "--max-fetches-per-origin",
                                "2",
                                "--new-urls-per-origin",
                                "50",
                                "--new-urls-per-client",
                                "5",
                                "--bytes-per-origin",
                                "2G",
                                "--max-file-bytes",
                                "300MB",
                                "--type",
                                "Audio/*",
                                "--type",
                                "text/plain",
                                "--negative-cache",
                                "90",
                                "--origin-patience",
                                "4"});
  CHECK(options.fetching.concurrent == 3);
  CHECK(options.fetching.concurrent_per_host == 2);
  CHECK(options.fetching.new_urls_per_host == 50);
  CHECK(options.fetching.new_urls_per_client == 5);
  CHECK(options.fetching.bytes_per_host == std::uint64_t{2} << 30);
  CHECK(options.fetching.max_file_bytes == std::uint64_t{300} << 20);
  CHECK(options.fetching.types == std::vector<std::string>{"audio/*", "text/plain"});
  CHECK(options.fetching.failure_lifetime == std::chrono::seconds(90));
  CHECK(options.fetching.origin_patience == std::chrono::seconds(4));
}

TEST_CASE("limits that make no sense are refused") {
  for (const auto& wrong : std::vector<std::vector<std::string>>{{"--max-fetches", "0"},
                                                                 {"--origin-patience", "0"},
                                                                 {"--origin-patience", "61"},
                                                                 {"--negative-cache", "x"},
                                                                 {"--max-file-bytes", "17G"},
                                                                 {"--max-file-bytes", "-1"},
                                                                 {"--bytes-per-origin", "many"},
                                                                 {"--type", "audio"}}) {
    CAPTURE(wrong);
    std::vector<std::string> arguments = {"--allow", "http://a/"};
    arguments.insert(arguments.end(), wrong.begin(), wrong.end());
    CHECK_THROWS_AS(parse_options(arguments), std::runtime_error);
  }
}
