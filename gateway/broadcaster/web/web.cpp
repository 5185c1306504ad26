#include "gateway/broadcaster/web/web.hpp"

#include <utility>

namespace alluvium::broadcaster {

http::ClientRequest request_for(const http::Url& url, std::uint64_t max_body_bytes) {
  http::ClientRequest request;
  request.url = url;
  request.rules = net::AddressRules::chosen_by_user();
  request.max_body_bytes = max_body_bytes;
  request.max_redirects = 5;
  request.total_timeout = std::chrono::minutes(1);
  return request;
}

std::string status_words(int status) {
  const char* meaning = nullptr;
  switch (status) {
    case 401:
    case 403:
      meaning = "it may not be read";
      break;
    case 404:
    case 410:
      meaning = "there is no such file";
      break;
    case 429:
      meaning = "it was asked too often";
      break;
    case 500:
    case 502:
    case 503:
    case 504:
      meaning = "it is out of order";
      break;
    default:
      break;
  }
  return std::to_string(status) + (meaning ? " (" + std::string(meaning) + ")" : "");
}

std::string failure_words(const http::TransferError& error) {
  switch (error.failure) {
    case http::TransferFailure::refused:
      return "its server cannot be reached";
    case http::TransferFailure::name_unknown:
      return "there is no server of that name";
    case http::TransferFailure::timed_out:
      return "its server does not answer in time";
    default:
      return error.message;
  }
}

std::optional<std::string> trouble_with(const http::Fetch::Result& result) {
  if (const auto* error = std::get_if<http::TransferError>(&result)) return failure_words(*error);
  const int status = std::get<http::WholeResponse>(result).head.status;
  if (status == 200) return std::nullopt;
  return "the server answers " + status_words(status);
}

}  // namespace alluvium::broadcaster
