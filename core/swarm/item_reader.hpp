#pragma once

#include "core/swarm/item_feed.hpp"

#include <memory>
#include <optional>
#include <string>

namespace alluvium::swarm {

/// One more reader of an item, at a place of its own: for players that hear it from its beginning
/// while the station is elsewhere in it. What the listener itself reads always comes first.
/// Verified chunks are shared with the others; where nobody names a tree each reader takes the
/// bytes from the origin for itself, as any player would. Owned by whoever reads; the feed stays as
/// long as it has readers, unless its item is taken away: then nothing is known any more, for good.
class ItemReader final : public OnAirItem, private SourceObserver {
 public:
  explicit ItemReader(ItemFeed& feed);
  ItemReader(const ItemReader&) = delete;
  ItemReader& operator=(const ItemReader&) = delete;
  ~ItemReader() override;

  const playlist::Item& item() const override { return feed_ ? feed_->item() : item_; }
  bool is_known() const override { return feed_ && feed_->is_known(); }
  std::string type() const override { return feed_ ? feed_->type() : std::string(); }
  const media::FileFacts& facts() const override { return feed_ ? feed_->facts() : facts_; }
  std::optional<std::uint64_t> length() const override;
  std::optional<Slice> read(hash::ChunkIndex index) override;
  void set_need(const Need& need) override { need_ = need; }

  /// For the feed: what this reader must get soon.
  [[nodiscard]] const Need& need() const { return need_; }
  /// For the feed, on each of its turns.
  void update(WallTime programme_now);
  /// For the feed, as its last word.
  void on_feed_gone();

 private:
  void on_data() override;
  void on_tree_contradicted(bool) override {}

  ItemFeed* feed_;
  playlist::Item item_;     ///< For when the feed is gone.
  media::FileFacts facts_;  ///< Likewise.
  Need need_;
  std::unique_ptr<PlainSource> plain_;  ///< Only where nobody names a tree.
};

}  // namespace alluvium::swarm
