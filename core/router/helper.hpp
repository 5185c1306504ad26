#pragma once

#include <optional>

namespace alluvium::router {

/// The first argument with which the program is started once more, to ask the router.
constexpr const char* helper_word = "--ask-router";

/// Runs the errand and gives the exit status, if that is what this process was started for; else
/// nothing.
[[nodiscard]] std::optional<int> run_as_helper(int argc, char** argv);

}  // namespace alluvium::router
