#pragma once

#include "core/http/handler.hpp"
#include "core/http/host_rule.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace alluvium::http {

/// One thing a server can be asked. `path` is exact.
struct Route {
  std::string method;  ///< GET also serves HEAD.
  std::string path;
  std::function<std::unique_ptr<Exchange>(const Request&, Responder&)> serve;
};

/// A server's table of routes behind its HostRule, which so guards every one of them. Unknown path:
/// 404; known path, other method: 405 with `Allow`; forbidden host: 421. `OPTIONS *` is answered
/// 200.
class Router final : public Handler {
 public:
  explicit Router(HostRule hosts) : hosts_(std::move(hosts)) {}

  void add(Route route) { routes_.push_back(std::move(route)); }
  [[nodiscard]] const std::vector<Route>& routes() const { return routes_; }
  /// Names may become known later (a gateway learns them from its stations).
  [[nodiscard]] HostRule& hosts() { return hosts_; }

  /// How many requests came under a host name that is not permitted.
  [[nodiscard]] std::uint64_t foreign_hosts() const { return foreign_hosts_; }

  std::unique_ptr<Exchange> on_request(const Request& request, Responder& responder) override;

 private:
  HostRule hosts_;
  std::vector<Route> routes_;
  std::uint64_t foreign_hosts_ = 0;
};

}  // namespace alluvium::http
