#pragma once

#include "core/http/url.hpp"
#include "core/net/ip_address.hpp"
#include "gateway/broadcaster/live/live_clock.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

namespace alluvium::broadcaster {

/// What `alluvium-broadcaster live` is to do. Value type.
struct LiveOptions {
  std::filesystem::path output;    ///< The published playlist.
  std::filesystem::path schedule;  ///< What is heard else; empty if there is nothing.
  http::Url base;                  ///< Where the playlist's folder is on the web.
  std::string title;               ///< Empty: the schedule's.
  std::optional<http::Url> gateway;
  net::Endpoint listen;
  std::string mount;
  std::string user;
  std::string password;
  std::chrono::milliseconds part{2'000};
  LiveLead lead;
  std::chrono::seconds poll{3};
  std::optional<std::chrono::minutes> planned;  ///< How long a show is planned to be.
  std::filesystem::path record;                 ///< A folder; empty: shows are not kept.
};

}  // namespace alluvium::broadcaster
