#pragma once

#include "core/hash/chunks.hpp"
#include "core/hash/tree.hpp"
#include "core/http/client.hpp"
#include "core/swarm/services.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace alluvium::swarm {

/// How the members of a file's swarm meet while no gateway tells them of each other: everybody who
/// is known of is asked once what it has (`HEAD /uri-res/N2R`), and hears with the question where
/// we are. So whoever is known to one side is known to both, and answers name others in turn.
/// Owned by a Download; destroying it ends its requests.
class Greetings {
 public:
  static constexpr std::size_t at_once = 16;
  static constexpr std::size_t most = 128;  ///< Of one file, in all.
  using OnAnswer = std::function<void(const net::Endpoint&, const http::ClientResponse&)>;

  /// `on_answer` is called for whoever takes part in the swarm; who does not answer has failed in
  /// the book of peers.
  Greetings(Services& services, const hash::TreeRoot& root, const hash::ChunkLayout& layout,
            OnAnswer on_answer)
      : services_(services), root_(root), layout_(layout), on_answer_(std::move(on_answer)) {}

  /// Greets those members of the swarm that have not been; to be called again and again. `port`:
  /// where we serve others; none if we do not.
  void greet(std::optional<std::uint16_t> port);
  /// Whoever is known has been greeted, and for so long nobody new was heard of.
  [[nodiscard]] bool is_quiet_for(Duration span) const {
    return under_way_ == 0 && news_at_ && services_.clock.now() - *news_at_ >= span;
  }

 private:
  void ask(const net::Endpoint& peer, std::optional<std::uint16_t> port);
  void on_result(const net::Endpoint& peer, const http::Fetch::Result& result);

  Services& services_;
  hash::TreeRoot root_;
  hash::ChunkLayout layout_;
  OnAnswer on_answer_;
  std::map<net::Endpoint, std::unique_ptr<http::Fetch>> greeted_;  ///< Null once it is over.
  std::size_t under_way_ = 0;
  std::optional<Instant> news_at_;      ///< Somebody was greeted, or answered.
  bool has_more_ = false;               ///< Somebody may be left to greet.
  std::optional<std::uint64_t> as_of_;  ///< The book's membership when it was last looked at.
};

}  // namespace alluvium::swarm
