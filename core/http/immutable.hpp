#pragma once

#include "core/http/handler.hpp"

#include <string>

namespace alluvium::http {

/// Answers a GET for bytes that can never change under their name: cacheable for ever, with ranges
/// (RFC 9110 §14) and conditions (`If-None-Match`, `If-Range`). `etag` comes with its quotes.
[[nodiscard]] Response immutable_response(const Request& request, const Slice& bytes,
                                          const std::string& etag);

}  // namespace alluvium::http
