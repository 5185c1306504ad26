#include "core/router/upnp.hpp"

#include <array>
#include <memory>
#include <random>
#include <string>

#include <miniupnpc/miniupnpc.h>
#include <miniupnpc/upnpcommands.h>

namespace alluvium::router {

namespace {

constexpr int search_ms = 1'500;
constexpr unsigned char search_hops = 2;
constexpr const char* description = "Alluvium";
constexpr int other_ports_to_try = 3;

// UPnP's WANIPConnection:1, 2.4.16.
constexpr int conflict_in_mapping_entry = 718;
constexpr int only_permanent_leases = 725;

struct FreeDevices {
  void operator()(UPNPDev* devices) const { freeUPNPDevlist(devices); }
};
using Devices = std::unique_ptr<UPNPDev, FreeDevices>;

/// One of the router's services that open ports.
struct Service {
  std::string control_url;
  std::string type;
};

FailedAttempt failed(Failure failure, int code = 0) {
  return {Protocol::upnp, failure, static_cast<unsigned>(code)};
}

FailedAttempt failed_with(int error) {
  // Positive: the router's own number.
  if (error > 0 && error <= UINT16_MAX) return failed(Failure::refused, error);
  return failed(error == UPNPCOMMAND_HTTP_ERROR ? Failure::no_answer : Failure::nonsense);
}

Devices search(const DefaultRoute& route) {
  // A router of the second version answers for the first as well; some answer only the last.
  static constexpr std::array<const char*, 4> kinds = {
      "urn:schemas-upnp-org:device:InternetGatewayDevice:1",
      "urn:schemas-upnp-org:service:WANIPConnection:1", "upnp:rootdevice", nullptr};
  int error = 0;
  // All kinds in one search; nothing but the network on the way to the router hears it.
  return Devices(upnpDiscoverDevices(kinds.data(), search_ms, route.own.text().c_str(), "",
                                     UPNP_LOCAL_PORT_ANY, 0, search_hops, &error, 1));
}

bool opens_ports(const std::string& type) {
  return type.starts_with("urn:schemas-upnp-org:service:WANIPConnection:") ||
         type.starts_with("urn:schemas-upnp-org:service:WANPPPConnection:");
}

/// The services in the description at `url`, which leads to the router.
std::vector<Service> read_description(const char* url) {
  UPNPUrls urls{};
  IGDdatas data{};
  std::array<char, 64> own{};
  if (UPNP_GetIGDFromUrl(url, &urls, &data, own.data(), own.size()) != 1) return {};
  std::vector<Service> services;
  for (const IGDdatas_service& service : {data.first, data.second}) {
    if (!opens_ports(service.servicetype)) continue;
    FreeUPNPUrls(&urls);
    data.first = service;
    GetUPNPUrls(&urls, &data, url, 0);
    if (urls.controlURL != nullptr) services.push_back({urls.controlURL, service.servicetype});
  }
  FreeUPNPUrls(&urls);
  return services;
}

int add(const Service& service, const std::string& own, const PortRequest& request,
        std::uint16_t external_port, long long seconds) {
  return UPNP_AddPortMapping(service.control_url.c_str(), service.type.c_str(),
                             std::to_string(external_port).c_str(),
                             std::to_string(request.internal_port).c_str(), own.c_str(),
                             description, "TCP", nullptr, std::to_string(seconds).c_str());
}

std::variant<Mapping, FailedAttempt> open(const Service& service, const std::string& own,
                                          const PortRequest& request) {
  std::random_device random;
  std::uniform_int_distribution<unsigned> any_port(49'152, 65'535);
  std::uint16_t port = request.external_port;
  long long seconds = request.lifetime.count();
  int result = add(service, own, request, port, seconds);
  for (int i = 0; i < other_ports_to_try && result == conflict_in_mapping_entry; ++i) {
    port = static_cast<std::uint16_t>(any_port(random));
    result = add(service, own, request, port, seconds);
  }
  if (result == only_permanent_leases) {
    seconds = 0;
    result = add(service, own, request, port, seconds);
  }
  if (result != UPNPCOMMAND_SUCCESS) return failed_with(result);
  return Mapping{Protocol::upnp,      request.internal_port, port, std::chrono::seconds(seconds),
                 service.control_url, service.type};
}

std::variant<Mapping, FailedAttempt> close(const Errand& errand, const DefaultRoute& route) {
  if (!leads_to(errand.control_url, route.router)) return failed(Failure::elsewhere);
  const int result =
      UPNP_DeletePortMapping(errand.control_url.c_str(), errand.service.c_str(),
                             std::to_string(errand.request.external_port).c_str(), "TCP", nullptr);
  if (result != UPNPCOMMAND_SUCCESS) return failed_with(result);
  return Mapping{Protocol::upnp,
                 errand.request.internal_port,
                 errand.request.external_port,
                 {},
                 errand.control_url,
                 errand.service};
}

}  // namespace

std::variant<Mapping, FailedAttempt> ask_upnp(const Errand& errand, const DefaultRoute& route) {
  if (!errand.control_url.empty()) return close(errand, route);
  FailedAttempt worst = failed(Failure::no_answer);
  const Devices devices = search(route);
  for (const UPNPDev* device = devices.get(); device != nullptr; device = device->pNext) {
    // Anything on the network may answer, a television too; only the router can do it.
    if (!leads_to(device->descURL, route.router)) {
      if (worst.failure == Failure::no_answer) worst = failed(Failure::elsewhere);
      continue;
    }
    const auto services = read_description(device->descURL);
    if (services.empty()) worst = failed(Failure::nonsense);
    for (const Service& service : services) {
      if (!leads_to(service.control_url, route.router) || !is_plain_word(service.type)) {
        worst = failed(Failure::elsewhere);
        continue;
      }
      auto outcome = open(service, route.own.text(), errand.request);
      if (std::holds_alternative<Mapping>(outcome)) return outcome;
      worst = std::get<FailedAttempt>(outcome);
    }
  }
  return worst;
}

}  // namespace alluvium::router
