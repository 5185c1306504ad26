#include "player-bridge/station_table.hpp"

namespace alluvium::bridge {

std::string station_path(std::size_t index) {
  return index == 0 ? "/" : "/" + std::to_string(index + 1) + "/";
}

std::unique_ptr<http::Exchange> StationTable::on_request(const http::Request& request,
                                                         http::Responder& responder) {
  for (std::size_t i = 1; i < stations_.size(); ++i) {
    const std::string path = station_path(i);
    if (!request.target.starts_with(path)) continue;
    http::Request inner = request;
    inner.target.erase(0, path.size() - 1);
    return stations_[i]->on_request(inner, responder);
  }
  return stations_.front()->on_request(request, responder);
}

}  // namespace alluvium::bridge
