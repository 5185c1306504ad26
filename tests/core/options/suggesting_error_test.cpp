#include "core/options/suggesting_error.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <catch2/catch.hpp>

using alluvium::options::suggesting_error;

namespace {

/// What is said of a command line; empty if nothing is wrong.
std::string said(std::vector<std::string> words) {
  CLI::App app;
  app.require_subcommand(1);
  auto* init = app.add_subcommand("init");
  app.add_subcommand("check");
  std::string text;
  int number = 0;
  init->add_option("folder", text)->required();
  init->add_option("--base", text)->required();
  init->add_option("--days,-d", number);
  std::reverse(words.begin(), words.end());
  try {
    app.parse(words);
  } catch (const CLI::ParseError& error) {
    return suggesting_error(app, error);
  }
  return {};
}

}  // namespace

TEST_CASE("a command line that cannot be read is answered by one sentence") {
  using Words = std::vector<std::string>;
  struct Case {
    Words words;
    std::string sentence;
  };
  for (const Case& c : {
           Case{{"init", "x", "--base", "u"}, ""},
           Case{{"init", "x", "--bse", "u"}, "there is no option --bse; did you mean --base?"},
           Case{{"init", "x", "--base", "u", "--dais=3"},
                "there is no option --dais; did you mean --days?"},
           Case{{"init", "x", "--base", "u", "--quiet"}, "there is no option --quiet"},
           Case{{"--bse", "init", "x", "--base", "u"}, "there is no option --bse"},
           Case{{"inti", "x"}, "there is no command inti; did you mean init?"},
           Case{{"init", "x", "y", "--base", "u"}, "\"y\" is one argument too many"},
           Case{{"init", "x"}, "--base is required"},
           Case{{}, "A subcommand is required"},
       }) {
    CAPTURE(c.words);
    CHECK(said(c.words) == c.sentence);
  }
  CHECK(said({"init", "x", "--base", "u", "--days", "many"}).find("--days") != std::string::npos);
}
