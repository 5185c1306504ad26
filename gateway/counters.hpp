#pragma once

#include <cstdint>

namespace alluvium::gateway {

/// What a gateway has done since it started. Each number only grows.
struct Counters {
  std::uint64_t head_requests = 0;
  std::uint64_t name_requests = 0;  ///< /uri-res
  std::uint64_t metalink_requests = 0;
  std::uint64_t announces = 0;
  std::uint64_t malformed_announces = 0;
  std::uint64_t refused_urls = 0;           ///< Neither allowed nor in a playlist.
  std::uint64_t refused_lately_failed = 0;  ///< Not asked for again so soon.
  std::uint64_t refused_client_budget = 0;  ///< The client has asked for too many new ones.
  std::uint64_t refused_origin_budget = 0;  ///< Too many new ones at that origin.
  std::uint64_t refused_queue_full = 0;
  std::uint64_t fetches_started = 0;
  std::uint64_t fetches_unchanged = 0;
  // Fetches that failed, by cause. What kept a connection from being made is one cause: who reads
  // the figures learns nothing about networks that only this machine can see.
  std::uint64_t failed_no_answer = 0;
  std::uint64_t failed_not_a_file = 0;
  std::uint64_t failed_too_large = 0;
  std::uint64_t failed_wrong_type = 0;
  std::uint64_t failed_origin_budget = 0;
  std::uint64_t fetched_bytes = 0;
  std::uint64_t files_replaced = 0;
  std::uint64_t connect_backs = 0;
  std::uint64_t connect_backs_postponed = 0;  ///< Not paid for by what came from there.
  std::uint64_t waits_refused = 0;            ///< Nobody more could be kept waiting.
  std::uint64_t peers_reachable = 0;
  std::uint64_t peers_unreachable = 0;
};

}  // namespace alluvium::gateway
