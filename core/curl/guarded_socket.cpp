#include "core/curl/guarded_socket.hpp"

#include "core/uv/socket_address.hpp"

#include <algorithm>
#include <cstring>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace alluvium::curl {

std::optional<net::IpAddress> address_of(const curl_sockaddr& address) {
  if (address.family != AF_INET && address.family != AF_INET6) return std::nullopt;
  sockaddr_storage storage{};
  std::memcpy(&storage, &address.addr, std::min<std::size_t>(address.addrlen, sizeof storage));
  return uv::to_endpoint(storage).address;
}

curl_socket_t open_socket(const curl_sockaddr& address,
                          const std::optional<net::IpAddress>& local) {
  const int socket = ::socket(address.family, address.socktype | SOCK_CLOEXEC, address.protocol);
  if (socket < 0) return CURL_SOCKET_BAD;
  if (!local || local->is_v4() != (address.family == AF_INET)) return socket;
  // Lets the kernel choose the port when it knows both ends, so that ports do not run out.
  const int on = 1;
  setsockopt(socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  const auto bound = uv::to_socket_address({*local, 0});
  const socklen_t length = local->is_v4() ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
  if (bind(socket, reinterpret_cast<const sockaddr*>(&bound), length) == 0) return socket;
  ::close(socket);
  return CURL_SOCKET_BAD;
}

}  // namespace alluvium::curl
