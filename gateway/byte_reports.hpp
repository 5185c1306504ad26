#pragma once

#include "core/net/ip_address.hpp"
#include "core/time/clock.hpp"
#include "gateway/record_table.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace alluvium::gateway {

/// What listeners say they got from each other and from origins, summed up while this gateway runs.
/// Nobody can check it, so each can add no more than a fast line carries; it is for people to read,
/// and nothing is decided by it. Bounded: so many listeners at a time, others do not count. Pure.
/// Owned by Gateway.
class ByteReports {
 public:
  static constexpr std::size_t most_listeners = 50'000;
  static constexpr Duration lifetime = std::chrono::minutes(2);
  static constexpr std::uint64_t most_bytes_per_second = 125'000'000;

  struct Bytes {
    std::uint64_t from_peers = 0;
    std::uint64_t from_origins = 0;
  };

  explicit ByteReports(std::uint64_t seed) : hash_(seed), last_(hash_) {}

  /// `said` are totals since the listener started. What it had when it was first heard of does not
  /// count: this gateway may have been started later.
  void on_report(const net::Endpoint& listener, const Bytes& said, Instant now);
  void expire(Instant now);

  [[nodiscard]] const Bytes& sum() const { return sum_; }

 private:
  /// A number of bytes in six of them; more than fits is the most that does.
  class Total {
   public:
    Total() = default;
    explicit Total(std::uint64_t bytes);
    [[nodiscard]] std::uint64_t bytes() const;

   private:
    std::array<std::uint16_t, 3> parts_{};
  };
  using Milliseconds = std::chrono::duration<std::uint32_t, std::milli>;
  struct Last {
    EndpointName listener;
    Total from_peers{};
    Total from_origins{};
    Milliseconds at{};  ///< Of the clock; begins anew after seven weeks.
  };
  static_assert(sizeof(Last) == 24);
  [[nodiscard]] static Milliseconds on_clock(Instant now);
  [[nodiscard]] static Duration since(Milliseconds at, Instant now);

  EndpointHash hash_;
  RecordTable<Last, &Last::listener> last_;
  Bytes sum_;
};

}  // namespace alluvium::gateway
