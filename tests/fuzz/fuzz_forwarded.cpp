#include "core/http/forwarded.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

using namespace alluvium;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(as_text({data, size}));
  http::TrustedProxies proxies;
  proxies.add(net::parse_network("10.0.0.0/8").value());
  const auto proxy = net::IpAddress::v4(10, 0, 0, 1);
  const auto stranger = net::IpAddress::v4(192, 0, 2, 1);
  for (const char* name : {"Forwarded", "X-Forwarded-For"}) {
    const http::Headers headers{{name, text}};
    // Who is no proxy asks for himself, whatever he says.
    if (proxies.client_of(headers, stranger).value() != stranger) std::abort();
    // What the proxy adds counts, or nothing does.
    const http::Headers gone_on{
        {name, text}, {name, std::string("Forwarded") == name ? "for=192.0.2.1" : "192.0.2.1"}};
    const auto client = proxies.client_of(gone_on, proxy);
    if (client && *client != stranger) std::abort();
  }
  static_cast<void>(http::parse_hop(text));
  return 0;
}
