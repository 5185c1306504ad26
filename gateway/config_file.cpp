#include "gateway/config_file.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <fstream>
#include <optional>
#include <sstream>

#include <toml++/toml.h>

namespace alluvium::gateway {

namespace {

constexpr std::size_t most_bytes = 1 << 20;

Error at_line(std::size_t line, const std::string& problem) {
  return Error{"line " + std::to_string(line) + ": " + problem};
}

/// As one would type it; nothing for what has no such form.
std::optional<std::string> word_of(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* truth = node.as_boolean()) return truth->get() ? "true" : "false";
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* number = node.as_floating_point()) {
    std::ostringstream text;
    text << number->get();
    return text.str();
  }
  return std::nullopt;
}

Result<ConfigEntry> entry_of(const toml::key& key, const toml::node& node) {
  ConfigEntry entry{std::string(key.str()), {}, node.is_array(), key.source().begin.line};
  const auto add = [&entry](const toml::node& value) {
    auto word = word_of(value);
    if (!word) return false;
    entry.values.push_back(std::move(*word));
    return true;
  };
  bool is_understood = true;
  if (const auto* list = node.as_array()) {
    is_understood = std::all_of(list->begin(), list->end(), add);
  } else {
    is_understood = add(node);
  }
  if (is_understood) return entry;
  return at_line(entry.line,
                 printable(entry.key) + ": the value is not a string, a number or a list of those");
}

}  // namespace

Result<std::vector<ConfigEntry>> parse_config(std::string_view toml) {
  try {
    const toml::table table = toml::parse(toml);
    std::vector<ConfigEntry> entries;
    for (const auto& [key, node] : table) {
      auto entry = entry_of(key, node);
      if (!entry) return entry.error();
      entries.push_back(std::move(*entry));
    }
    std::stable_sort(entries.begin(), entries.end(),
                     [](const auto& a, const auto& b) { return a.line < b.line; });
    return entries;
  } catch (const toml::parse_error& error) {
    return at_line(error.source().begin.line, printable(error.description()));
  }
}

Result<std::vector<ConfigEntry>> read_config(const std::filesystem::path& file) {
  const std::string name = printable(file.string());
  std::ifstream stream(file, std::ios::binary);
  std::string text(most_bytes + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!stream.is_open() || stream.bad() || std::filesystem::is_directory(file)) {
    return Error{name + ": the configuration file cannot be read"};
  }
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (text.size() > most_bytes) return Error{name + ": a configuration file has 1 MiB at most"};
  auto entries = parse_config(text);
  if (!entries) return Error{name + ", " + entries.error().message};
  return entries;
}

}  // namespace alluvium::gateway
