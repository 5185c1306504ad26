#pragma once

#include "core/time/clock.hpp"
#include "gateway/companions/shared_store.hpp"

#include <optional>
#include <string>

namespace alluvium::gateway {

/// Who leads, as one gateway knows it from asking the store again and again. Invariant: it takes
/// itself for the leader only as long as nobody else can have become it: within a term of the
/// moment at which it asked and was confirmed. While the store is lost everything stays as it was.
/// Pure: time is passed in. Owned by Companions.
class Leadership {
 public:
  /// Who leads does so for so long, unless it asks again.
  static constexpr Duration term = std::chrono::milliseconds(1'500);
  static constexpr Duration ask_every = std::chrono::milliseconds(400);
  /// The store may have forgotten who led: whoever did not waits so long for it.
  static constexpr Duration precedence = std::chrono::seconds(3);

  explicit Leadership(std::string own_id) : own_id_(std::move(own_id)) {}

  [[nodiscard]] Instant next_ask() const { return next_ask_; }
  /// The store is being asked; says whether to claim the lead if nobody has it.
  [[nodiscard]] bool on_ask(Instant now);
  /// Its answer; nothing: there was none. To be given before the next is asked.
  void on_reply(const std::optional<SharedStore::Seat>& reply, Instant now);

  [[nodiscard]] bool leads() const { return seat_.id == own_id_; }
  /// Whether it leads, and nobody else does.
  [[nodiscard]] bool surely_leads(Instant now) const {
    return leads() && (is_lost_ || now < confirmed_ + term);
  }
  /// Who leads as far as is known; its `id` is empty if nobody does.
  [[nodiscard]] const SharedStore::Seat& seat() const { return seat_; }
  /// Whether the store answered last time it was asked.
  [[nodiscard]] bool is_lost() const { return is_lost_; }

 private:
  std::string own_id_;
  SharedStore::Seat seat_;
  Instant next_ask_{};
  Instant asked_{};
  Instant confirmed_{};
  bool is_lost_ = false;
  std::optional<Instant> back_since_;  ///< It was lost before; whoever led has precedence.
};

}  // namespace alluvium::gateway
