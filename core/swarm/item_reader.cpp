#include "core/swarm/item_reader.hpp"

#include "core/swarm/need_window.hpp"

namespace alluvium::swarm {

ItemReader::ItemReader(ItemFeed& feed) : feed_(&feed), need_{{0}, feed.slot().start, false} {
  feed.add_reader(*this);
}

ItemReader::~ItemReader() {
  if (feed_) feed_->remove_reader(*this);
}

void ItemReader::on_feed_gone() {
  item_ = feed_->item();
  facts_ = feed_->facts();
  plain_.reset();
  feed_ = nullptr;
}

std::optional<std::uint64_t> ItemReader::length() const {
  if (!is_known()) return std::nullopt;
  if (plain_ && plain_->length()) return plain_->length();
  return feed_->length();
}

std::optional<Slice> ItemReader::read(hash::ChunkIndex index) {
  if (!is_known()) return std::nullopt;
  if (feed_->is_verified()) return feed_->read(index);
  return plain_ ? plain_->read(index) : std::nullopt;
}

void ItemReader::update(WallTime programme_now) {
  if (!is_known() || feed_->is_verified()) {
    plain_.reset();
    return;
  }
  if (!plain_) {
    SourceObserver& observer = *this;
    plain_ = feed_->make_plain_source(observer);
  }
  plain_->set_window(window_of(need_, feed_->timetable(), programme_now));
  plain_->update();
}

void ItemReader::on_data() {
  if (feed_) feed_->on_reader_data();
}

}  // namespace alluvium::swarm
