#pragma once

#include "core/http/handler.hpp"
#include "core/time/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace alluvium::http {

/// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7), independent of the locale.
[[nodiscard]] std::string format_http_date(WallTime time);
/// Reads that form, and no other (RFC 9110 §5.6.7 IMF-fixdate): nothing for the two obsolete ones,
/// a weekday that does not fit, second 60, or anything before or after it.
[[nodiscard]] std::optional<WallTime> parse_http_date(std::string_view text);

/// `Not Found` for 404; `Status` for a code without a name here.
[[nodiscard]] std::string_view reason_phrase(int status);

/// True for the answers that never have a body, whatever their head says (RFC 9110 §6.4.1).
[[nodiscard]] bool is_bodiless(int status);

/// What the connection knows about an answer's head beyond the handler's part.
struct HeadFraming {
  int minor_version = 1;  ///< Of the request; the status line repeats it.
  std::optional<std::uint64_t> content_length;
  bool keep_alive = false;
  std::string_view date;  ///< Empty: not said.
};

/// The head as bytes, the empty line included. `Content-Length`, `Connection`, `Date` and
/// `Transfer-Encoding` among the handler's fields are left out, since the connection decides them;
/// control characters in values become blanks, so that no text from outside can end a line.
[[nodiscard]] std::string format_response_head(const ResponseHead& head,
                                               const HeadFraming& framing);

}  // namespace alluvium::http
