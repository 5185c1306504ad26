#include "core/curl/client.hpp"

#include "core/curl/multi.hpp"

#include <cstdlib>
#include <utility>

namespace alluvium::curl {

std::string authorities_of_environment() {
  const char* file = std::getenv("SSL_CERT_FILE");
  return file != nullptr ? file : "";
}

Client::Client(uv::Loop& loop, ClientOptions options)
    : multi_(std::make_unique<Multi>(loop, std::move(options))) {}

Client::~Client() {
  Multi::retire(std::move(multi_));
}

std::unique_ptr<http::Transfer> Client::start(http::ClientRequest request,
                                              http::TransferObserver& observer) {
  return multi_->start(std::move(request), observer);
}

}  // namespace alluvium::curl
