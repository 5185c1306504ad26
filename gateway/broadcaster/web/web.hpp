#pragma once

#include "core/http/client.hpp"
#include "core/media/file_facts.hpp"

#include <string>
#include <variant>

namespace alluvium::broadcaster {

/// The web as a program sees it that does one thing after the other. Not for several threads.
class Web {
 public:
  virtual ~Web() = default;
  /// Waits for the whole answer; of a request that sets no limits the answer has none.
  [[nodiscard]] virtual http::Fetch::Result ask(http::ClientRequest request) = 0;
  /// Fetches a file and measures it: type, length, duration and root. Needs no memory for it.
  [[nodiscard]] virtual Result<media::FileFacts> scan(const http::Url& url) = 0;
};

/// A GET under the limits that suit what a person named: that person's own network may be asked.
[[nodiscard]] http::ClientRequest request_for(const http::Url& url, std::uint64_t max_body_bytes);

/// What went wrong, as the second half of a sentence: `the server answers 404 (not found)`. Null
/// if the answer is a 200.
[[nodiscard]] std::optional<std::string> trouble_with(const http::Fetch::Result& result);

/// Why a transfer failed, for people: `its server does not answer`.
[[nodiscard]] std::string failure_words(const http::TransferError& error);

/// A status with what it means, for people: `404 (there is no such file)`.
[[nodiscard]] std::string status_words(int status);

}  // namespace alluvium::broadcaster
