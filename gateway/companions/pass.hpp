#pragma once

#include "core/http/handler.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace alluvium::gateway {

/// What a gateway adds to a request that it hands on: who asked, and the secret by which that is
/// believed.
inline constexpr std::string_view pass_header = "Alluvium-Pass";

/// The header's value for that request.
[[nodiscard]] std::string make_pass(std::string_view secret, const http::Request& asked);

/// What is to be done with a request as it came in.
enum class Passed {
  no,      ///< It came from whoever asks.
  yes,     ///< It was handed on by another gateway.
  falsely  ///< It says so, but not by the secret.
};
/// Looks for a pass. If it is a good one, `request` becomes what it was where it came in first;
/// nothing else of it is changed.
[[nodiscard]] Passed take_pass(std::string_view secret, http::Request& request);

/// What a gateway says to another that handed on a request in vain: it is to be asked elsewhere, or
/// again.
[[nodiscard]] http::Response no_answer(int status, std::string_view why);
[[nodiscard]] bool is_no_answer(const http::Headers& headers);

}  // namespace alluvium::gateway
