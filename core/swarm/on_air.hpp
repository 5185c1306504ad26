#pragma once

#include "core/base/bytes.hpp"
#include "core/hash/chunks.hpp"
#include "core/media/file_facts.hpp"
#include "core/playlist/schedule.hpp"
#include "core/time/clock.hpp"

#include <memory>
#include <optional>
#include <string>

namespace alluvium::swarm {

/// What a reader of an item's bytes needs next.
struct Need {
  hash::ChunkIndex next;
  WallTime due;  ///< When a player must have it.
  bool only_this =
      false;  ///< What follows is not needed in this order (header pages before a jump).
};

/// One item of the schedule as its reader sees it. Implementation: ItemFeed.
class OnAirItem {
 public:
  virtual ~OnAirItem() = default;

  [[nodiscard]] virtual const playlist::Item& item() const = 0;
  /// False while it is not yet known where its bytes come from; the rest is valid only then.
  [[nodiscard]] virtual bool is_known() const = 0;
  /// MIME type as the facts, the playlist or the origin say; empty if nobody does.
  [[nodiscard]] virtual std::string type() const = 0;
  [[nodiscard]] virtual const media::FileFacts& facts() const = 0;
  /// Of the file, in bytes; perhaps not known before the first chunk has come.
  [[nodiscard]] virtual std::optional<std::uint64_t> length() const = 0;
  /// The whole chunk if it is at hand.
  [[nodiscard]] virtual std::optional<Slice> read(hash::ChunkIndex index) = 0;
  virtual void set_need(const Need& need) = 0;
};

/// What is on, and its bytes: all that a stream to players is made from. Implementation: Engine.
class OnAir {
 public:
  virtual ~OnAir() = default;

  /// The instant of the schedule that is to be heard now.
  [[nodiscard]] virtual WallTime programme_now() const = 0;
  /// Null until there is a playlist.
  [[nodiscard]] virtual const playlist::Schedule* schedule() const = 0;
  /// Null if that slot is neither on air nor next. Ask anew after every turn of the engine.
  [[nodiscard]] virtual OnAirItem* on_air_item(const playlist::Slot& slot) = 0;
  /// A second reader of that slot's item, with a need of its own that comes after the first one's;
  /// null where `on_air_item` is. It may outlive the slot, and everything else: when the item is
  /// taken away it is no longer known, for good.
  [[nodiscard]] virtual std::unique_ptr<OnAirItem> another_reader(const playlist::Slot& slot) = 0;
  /// Somebody has begun to hear what is on. A programme that waits for its first hearer at the
  /// beginning of an item goes on from there.
  virtual void on_heard() {}
};

}  // namespace alluvium::swarm
