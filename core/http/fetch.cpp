#include "core/http/client.hpp"

#include <utility>

namespace alluvium::http {

Fetch::Fetch(Client& client, ClientRequest request, OnDone on_done)
    : on_done_(std::move(on_done)), transfer_(client.start(std::move(request), *this)) {}

bool Fetch::on_head(const ClientResponse& head) {
  response_.head = head;
  return true;
}

bool Fetch::on_body(ByteView bytes) {
  response_.body += as_text(bytes);
  return true;
}

void Fetch::on_finished(std::optional<TransferError> error) {
  // The callee may destroy this object, and with it the function being called.
  const OnDone on_done = std::move(on_done_);
  if (error) {
    on_done(std::move(*error));
  } else {
    on_done(std::move(response_));
  }
}

}  // namespace alluvium::http
