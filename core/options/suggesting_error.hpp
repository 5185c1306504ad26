#pragma once

#include <string>

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace alluvium::options {

/// What is wrong with a program's arguments, in one sentence. An option that does not exist is
/// answered with the nearest one that does. For errors thrown by `app.parse`.
[[nodiscard]] std::string suggesting_error(const CLI::App& app, const CLI::ParseError& error);

}  // namespace alluvium::options
