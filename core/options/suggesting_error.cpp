#include "core/options/suggesting_error.hpp"

#include "core/base/text.hpp"

#include <vector>

#include <CLI/CLI.hpp>

namespace alluvium::options {

std::string suggesting_error(const CLI::App& app, const CLI::ParseError& error) {
  if (dynamic_cast<const CLI::ExtrasError*>(&error) == nullptr) return error.what();
  for (const auto& argument : app.remaining()) {
    if (!argument.starts_with("-")) continue;
    const std::string name = argument.substr(0, argument.find('='));
    std::vector<std::string> known;
    for (const auto* option : app.get_options()) {
      for (const auto& long_name : option->get_lnames()) known.push_back("--" + long_name);
    }
    const std::vector<std::string_view> candidates(known.begin(), known.end());
    const auto suggestion = nearest(name, candidates);
    return "there is no option " + printable(name) +
           (suggestion ? "; did you mean " + std::string(*suggestion) + "?" : "; see --help");
  }
  const auto extras = app.remaining();
  return "there is an argument too many: " + (extras.empty() ? "" : printable(extras.front()));
}

}  // namespace alluvium::options
