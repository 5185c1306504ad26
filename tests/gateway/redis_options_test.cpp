#include "gateway/options.hpp"
#include "tests/gateway/surroundings.hpp"
#include "tests/support/temporary_folder.hpp"

#include <fstream>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::gateway;
namespace fakes = alluvium::gateway::test;
using Strings = std::vector<std::string>;

namespace {

Options read(Strings arguments) {
  arguments.insert(arguments.end(), {"--allow", "http://b/"});
  return std::get<Options>(parse_options(std::move(arguments)));
}

std::string complaint(Strings arguments) {
  try {
    static_cast<void>(read(std::move(arguments)));
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "it starts";
}

}  // namespace

TEST_CASE("where a Redis is can be said in several ways") {
  const auto text = [](std::string_view asked) {
    const auto address = redis::parse_address(asked);
    return address ? address->text() : "none";
  };
  CHECK(text("redis://192.0.2.1:7000/3") == "redis://192.0.2.1:7000/3");
  CHECK(text("redis://192.0.2.1:80") == "redis://192.0.2.1:80/0");
  CHECK(text("redis://store.example") == "redis://store.example:6379/0");
  CHECK(text("redis://store.example/") == "redis://store.example:6379/0");
  CHECK(text("redis://[2001:db8::1]") == "redis://[2001:db8::1]:6379/0");
  CHECK(text("redis://[2001:db8::1]:7000/12") == "redis://[2001:db8::1]:7000/12");
  for (const char* wrong : {"",
                            "redis:",
                            "redis://",
                            "redis:///1",
                            "redis://a:x",
                            "redis://a:70000",
                            "redis://a/b",
                            "redis://a/-1",
                            "redis://a/10000",
                            "redis://a/1/2",
                            "redis://u@a",
                            "redis://u:@a",
                            "redis://u:%4@a",
                            "redis://u:p@",
                            "rediss://a",
                            "redis://a?b",
                            "redis://a#b",
                            "redis://a b",
                            "http://a",
                            "REDIS://a"}) {
    INFO(wrong);
    CHECK(text(wrong) == "none");
  }
}

TEST_CASE("a Redis may want a user and a password, which are not shown") {
  using Words = std::vector<std::string>;
  const auto credentials = [](std::string_view asked) {
    const auto address = redis::parse_address(asked);
    return address ? address->credentials() : Words{"none"};
  };
  CHECK(credentials("redis://store.example").empty());
  CHECK(credentials("redis://:p%40ss%20word@[::1]:7000/2") == Words{"AUTH", "p@ss word"});
  CHECK(credentials("redis://me:a:b@store.example") == Words{"AUTH", "me", "a:b"});
  CHECK(redis::parse_address("redis://me:secret@store.example:1/2")->text() ==
        "redis://store.example:1/2");
  for (const char* wrong : {"redis://me:secret@store.example/x", "redis://me:secret@:1",
                            "redis://me:sec@ret/@store.example/x", "redis://secret@store.example",
                            "redis://me:secret%@store.example"}) {
    INFO(wrong);
    const auto address = redis::parse_address(wrong);
    REQUIRE_FALSE(address);
    CHECK_THAT(address.error().message, !Catch::Contains("ret"));
  }
  CHECK_THAT(redis::parse_address("rediss://a").error().message, Catch::Contains("tunnel"));
}

TEST_CASE("the password of a Redis may lie in a file") {
  const alluvium::test::TemporaryFolder folder;
  const std::string file = folder.path() / "password";
  std::ofstream(file) << "p@ss word\nand more\n";
  const auto options =
      read({"--store", "redis://127.0.0.1", "--listen", "192.0.2.7:0", "--store-password", file});
  CHECK(options.redis->credentials() == Strings{"AUTH", "p@ss word"});
  CHECK_THAT(complaint({"--store", "redis://127.0.0.1", "--store-password", file + "x"}),
             Catch::Contains("there is no password in "));
}

TEST_CASE("a Redis as the store is no folder, and the others reach who listens at one address") {
  const auto options = read({"--store", "redis://127.0.0.1/2", "--listen", "192.0.2.7:0"});
  CHECK(!options.store);
  REQUIRE(options.redis);
  CHECK(options.redis->text() == "redis://127.0.0.1:6379/2");
  CHECK(companion_url(options, fakes::endpoint("192.0.2.7:8080")) == "http://192.0.2.7:8080");
  const auto named =
      read({"--store", "redis://127.0.0.1", "--companion-url", "http://one.example:8080/x"});
  CHECK(companion_url(named, fakes::endpoint("[::]:8080")) == "http://one.example:8080");
}

TEST_CASE("who listens at all addresses has to say where the others reach it") {
  CHECK_THAT(complaint({"--store", "redis://127.0.0.1"}),
             Catch::Contains("--companion-url http://HOST:PORT"));
  CHECK(read({"--store", "folder"}).store == "folder");
}

TEST_CASE("who serves https has to say by which name the others reach it") {
  const Strings secure = {"--store", "redis://127.0.0.1", "--listen", "127.0.0.1:0", "--tls-cert",
                          "a.crt",   "--tls-key",         "a.key"};
  CHECK_THAT(complaint(secure), Catch::Contains("--companion-url https://NAME:PORT"));
  Strings plain = secure;
  plain.insert(plain.end(), {"--companion-url", "http://one.example:8080"});
  CHECK_THAT(complaint(plain), Catch::Contains("--companion-url https://NAME:PORT"));
  Strings named = secure;
  named.insert(named.end(), {"--companion-url", "https://one.example:8080"});
  CHECK(companion_url(read(named), fakes::endpoint("127.0.0.1:8080")) ==
        "https://one.example:8080");
}
