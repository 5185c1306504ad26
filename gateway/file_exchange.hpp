#pragma once

#include "core/http/handler.hpp"
#include "core/time/clock.hpp"
#include "gateway/file_lookup.hpp"

#include <functional>
#include <memory>

namespace alluvium::gateway {

/// Writes the answer once the file is known.
using AnswerFile = std::function<void(const FileVersion& file, http::Responder& responder)>;

/// Answers a request about the file named by its `uri`: at once if the file is known or not to be
/// had; else within the time the client prefers to wait (`default_wait` if it does not say), and
/// after that with 202 and `Retry-After`. Returns null if it has answered.
[[nodiscard]] std::unique_ptr<http::Exchange> answer_about_file(FileLookup& lookup, Timers& timers,
                                                                const http::Request& request,
                                                                http::Responder& responder,
                                                                std::chrono::seconds default_wait,
                                                                AnswerFile answer);

}  // namespace alluvium::gateway
