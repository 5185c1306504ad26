#include "core/uv/http_server.hpp"

#include "core/uv/http_listener.hpp"

namespace alluvium::uv {

HttpServer::HttpServer(Loop& loop, net::Endpoint listen, http::Handler& handler,
                       HttpServerLimits limits, SecureChannels* secure)
    : listener_(std::make_unique<Listener>(loop, listen, handler, limits, secure)) {}

HttpServer::~HttpServer() {
  Listener::shut(std::move(listener_));
}

net::Endpoint HttpServer::endpoint() const {
  return listener_->endpoint();
}

http::ServerTraffic HttpServer::traffic() const {
  return listener_->traffic();
}

void HttpServer::divide_traffic(http::ServerTraffic::ClassOf class_of) {
  listener_->divide_traffic(class_of);
}

}  // namespace alluvium::uv
