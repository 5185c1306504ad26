#include "core/options/suggesting_error.hpp"

#include "core/base/text.hpp"

#include <optional>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

namespace alluvium::options {

namespace {

bool is_option(std::string_view word) {
  return word.size() > 1 && word[0] == '-' && word != "--";
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    for (const std::string& name : option->get_snames()) names.push_back("-" + name);
  }
  return names;
}

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  return names;
}

std::string with_suggestion(std::string sentence, std::string_view word,
                            const std::vector<std::string>& known) {
  const std::vector<std::string_view> candidates(known.begin(), known.end());
  if (const auto best = nearest(word, candidates)) {
    sentence += "; did you mean " + std::string(*best) + "?";
  }
  return sentence;
}

/// What is wrong with the words that `app` itself was given.
std::optional<std::string> unknown_word(const CLI::App& app) {
  const auto words = app.remaining();
  for (const std::string& word : words) {
    if (!is_option(word)) continue;
    const std::string name = word.substr(0, word.find('='));
    return with_suggestion("there is no option " + printable(name), name, option_names(app));
  }
  const auto commands = command_names(app);
  for (const std::string& word : words) {
    if (word == "--") continue;
    if (commands.empty() || !app.get_subcommands().empty()) {
      return "\"" + printable(word) + "\" is one argument too many";
    }
    return with_suggestion("there is no command " + printable(word), word, commands);
  }
  return std::nullopt;
}

}  // namespace

std::string suggesting_error(const CLI::App& app, const CLI::ParseError& error) {
  for (const CLI::App* command : app.get_subcommands()) {
    if (auto sentence = unknown_word(*command)) return *sentence;
  }
  if (auto sentence = unknown_word(app)) return *sentence;
  return printable(error.what());
}

}  // namespace alluvium::options
