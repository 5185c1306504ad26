#pragma once

#include "gateway/observer.hpp"

namespace alluvium::gateway {

/// Writes what happens as log lines. What came from outside is escaped and cut.
class LogLines final : public Observer {
 public:
  void on_file_known(const FileVersion& file) override;
  void on_file_failed(const http::Url& url, std::string_view reason) override;
  void on_file_not_kept(const http::Url& url, std::string_view reason) override;
  void on_station_read(const http::Url& url, std::string_view title, std::size_t items) override;
  void on_station_warning(const http::Url& url, std::string_view warning) override;
  void on_station_failed(const http::Url& url, std::string_view reason) override;
  void on_store_trouble(std::string_view reason) override;
  void on_coming_trouble(const ComingTrouble& trouble) override;
  void on_coming_settled(const ComingTrouble& trouble) override;
  void on_file_replaced(const FileVersion& by, const hash::TreeRoot& before) override;
  void on_store(bool is_lost) override;
  void on_lead(bool leads, std::string_view leader) override;
  void on_peer_checked(const net::Endpoint& peer, bool reachable) override;
};

}  // namespace alluvium::gateway
