#include "core/http/router.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace alluvium::http {

namespace {

const Route* find_route(const std::vector<Route>& routes, std::string_view method,
                        std::string_view path) {
  const auto found = std::find_if(routes.begin(), routes.end(), [&](const Route& route) {
    return route.method == method && route.path == path;
  });
  return found == routes.end() ? nullptr : &*found;
}

/// The methods `path` has, as in `Allow`; empty for an unknown path.
std::string allowed_methods(const std::vector<Route>& routes, std::string_view path) {
  std::vector<std::string> methods;
  for (const auto& route : routes) {
    if (route.path != path) continue;
    methods.push_back(route.method);
    if (route.method == "GET") methods.emplace_back("HEAD");
  }
  std::sort(methods.begin(), methods.end());
  methods.erase(std::unique(methods.begin(), methods.end()), methods.end());
  std::string text;
  for (const auto& method : methods) text += (text.empty() ? "" : ", ") + method;
  return text;
}

}  // namespace

std::unique_ptr<Exchange> Router::on_request(const Request& request, Responder& responder) {
  if (!hosts_.permits(request)) {
    ++foreign_hosts_;
    responder.send(text_response(421, "This server does not answer to that host name."));
    return nullptr;
  }
  if (request.method == "OPTIONS" && request.target == "*") {
    responder.send({{200, {}}, {}});
    return nullptr;
  }
  const Route* route = find_route(routes_, request.method, request.path());
  if (!route && request.method == "HEAD") route = find_route(routes_, "GET", request.path());
  if (route) return route->serve(request, responder);

  const std::string allowed = allowed_methods(routes_, request.path());
  if (allowed.empty()) {
    responder.send(text_response(404, "There is nothing at this path."));
    return nullptr;
  }
  Response response = text_response(405, "This path takes only " + allowed + ".");
  response.head.headers.add("Allow", allowed);
  responder.send(std::move(response));
  return nullptr;
}

}  // namespace alluvium::http
