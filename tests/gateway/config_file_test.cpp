#include "gateway/config_file.hpp"

#include "gateway/options.hpp"
#include "tests/support/temporary_folder.hpp"

#include <regex>
#include <set>
#include <string>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::gateway;
using Strings = std::vector<std::string>;

namespace {

/// A configuration file of a test's own.
struct Scene {
  test::TemporaryFolder folder;
  std::string file = (folder.path() / "gateway.toml").string();

  [[nodiscard]] std::variant<Options, Help> parse(const std::string& toml,
                                                  Strings arguments) const {
    test::overwrite(file, toml);
    arguments.insert(arguments.begin(), {"--config", file});
    return parse_options(arguments);
  }
  [[nodiscard]] Options read(const std::string& toml, Strings arguments = {}) const {
    return std::get<Options>(parse(toml, std::move(arguments)));
  }
  [[nodiscard]] std::string complaint(const std::string& toml, Strings arguments = {}) const {
    try {
      static_cast<void>(parse(toml, std::move(arguments)));
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return {};
  }
};

/// The example that is installed.
std::string example() {
  return test::contents_of(EXAMPLE_CONFIG);
}

std::string uncommented(const std::string& toml) {
  return std::regex_replace(toml, std::regex("\n#([a-z-]+ = )"), "\n$1");
}

/// The names that a text has at the places where `pattern` finds one.
std::set<std::string> names_in(const std::string& text, const char* pattern) {
  std::set<std::string> names;
  const std::regex expression(pattern);
  for (std::sregex_iterator at(text.begin(), text.end(), expression), end; at != end; ++at) {
    names.insert((*at)[1]);
  }
  return names;
}

}  // namespace

TEST_CASE("every setting is the option of its name, a list is an option given several times") {
  const Scene scene;
  const auto options = scene.read(R"(
    listen = "[::1]:2"       # a comment
    name = ["x", "y"]
    station = "http://a/1.rss"
    allow = [
      'http://b/',
      "http://c/",
    ]
    allow-net = []
    store = "/tmp/a b"
    log-level = "error"
  )");
  CHECK(options.listen.text() == "[::1]:2");
  CHECK(options.names == Strings{"x", "y"});
  REQUIRE(options.stations.size() == 1);
  CHECK(options.origins.permits(http::Url::parse("http://c/x").value()));
  CHECK(options.store == "/tmp/a b");
  CHECK(options.log_level == "error");
}

TEST_CASE("what the command line says is not taken from the file, the rest is") {
  const Scene scene;
  const auto options = scene.read(
      "listen = \"[::1]:2\"\nname = [\"x\", \"y\"]\nlog-level = \"error\"\nallow = \"http://a/\"",
      {"--name", "z", "--log-level=debug"});
  CHECK(options.listen.text() == "[::1]:2");
  CHECK(options.names == Strings{"z"});
  CHECK(options.log_level == "debug");
}

TEST_CASE("what is wrong with a file is one sentence that names it, the line and the setting") {
  struct Row {
    const char* toml;
    const char* part;
  };
  const Row rows[] = {
      {"\nlisen = \"[::]:1\"", ", line 2: there is no setting lisen; did you mean listen?"},
      {"zzzzzzzzzz = 1", ", line 1: there is no setting zzzzzzzzzz"},
      {"help = true", "there is no setting help"},
      {"config = \"a.toml\"", "there is no setting config"},
      {"listen = \"nowhere\"", ", line 1: listen: "},
      {"\n\nallow-net = [\"10.0.0.0/8\", \"10.0.0.0/99\"]", ", line 3: allow-net: "},
      {"log-level = \"loud\"", ", line 1: log-level: "},
      {"log-level = [\"info\"]", ", line 1: log-level: it has one value"},
      {"listen = [::]:80", ", line 1: "},
      {"listen = \"[::]:80", ", line 1: "},
      {"listen = \"[::1]:1\"\nlisten = \"[::1]:2\"", ", line 2: "},
      {"[gateway]\nlisten = \"[::]:80\"", ", line 1: gateway: "},
      {"allow = [[\"http://a/\"]]", ", line 1: allow: "},
      {"allow = 2020-01-01", ", line 1: allow: "},
      {"store = \"\"\nlisten = \"[::]:80\"", ", line 1: store: the value is empty"},
      {"\"a\\nb\" = 1", "a\\x0ab"},
      {"\xff = 1", ", line 1: "},
  };
  const Scene scene;
  for (const auto& row : rows) {
    INFO(row.toml);
    const auto said = scene.complaint(row.toml, {"--allow", "http://a/"});
    CHECK_THAT(said, Catch::Contains(row.part) && Catch::StartsWith(scene.file));
    CHECK(said.find('\n') == std::string::npos);
  }
  CHECK_THAT(scene.complaint(std::string(2 << 20, '#')), Catch::Contains("1 MiB"));
  CHECK_THAT(scene.complaint(""), Catch::Contains("nothing to serve"));
}

TEST_CASE("a file that is not there is named") {
  const Scene scene;
  for (const std::string& file : {scene.file, scene.folder.path().string()}) {
    const auto read = read_config(file);
    REQUIRE_FALSE(read);
    CHECK(read.error().message == file + ": the configuration file cannot be read");
  }
}

TEST_CASE("the example loads, and has every option there is, also those it leaves out") {
  const Scene scene;
  const auto options = scene.read(example());
  CHECK(options.stations.size() == 1);
  CHECK_FALSE(options.store);
  const auto whole = scene.read(uncommented(example()));
  CHECK(whole.store);
  CHECK(whole.uses_tls());

  auto known = names_in(std::get<Help>(parse_options({"--help"})).text, "\n  (?:-.,)?--([a-z-]+)");
  CHECK(known.erase("help") + known.erase("config") == 2);
  CHECK(names_in("\n" + uncommented(example()), "\n([a-z-]+) = ") == known);
}

TEST_CASE("what the example says of an option that has a default is the default") {
  const auto help = std::get<Help>(parse_options({"--help"})).text;
  const std::regex with_default("\n  --([a-z-]+) [^\n]*[^(]=(\\S+)");
  const auto entries = parse_config(example());
  REQUIRE(entries);
  std::size_t compared = 0;
  for (std::sregex_iterator at(help.begin(), help.end(), with_default), end; at != end; ++at) {
    for (const auto& entry : *entries) {
      if (entry.key != (*at)[1]) continue;
      INFO(entry.key);
      CHECK(entry.values.front() == (*at)[2]);
      ++compared;
    }
  }
  CHECK(compared >= 8);
}
