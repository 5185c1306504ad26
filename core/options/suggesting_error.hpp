#pragma once

#include <string>

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace alluvium::options {

/// Why a command line could not be read, as one sentence. A word that is no option and no command
/// is named first, with the nearest that is one: it is often why another seems to be missing.
[[nodiscard]] std::string suggesting_error(const CLI::App& app, const CLI::ParseError& error);

}  // namespace alluvium::options
