#pragma once

#include "core/media/file_facts.hpp"
#include "core/playlist/playlist.hpp"
#include "core/playlist/schedule.hpp"
#include "core/swarm/byte_source.hpp"
#include "core/swarm/download.hpp"
#include "core/swarm/file_lookup.hpp"
#include "core/swarm/on_air.hpp"
#include "core/swarm/plain_source.hpp"
#include "core/swarm/timetable.hpp"

#include <climits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace alluvium::swarm {

class ItemReader;

/// One item of the schedule on its way to the ears: looks its file up, then brings its bytes. Where
/// nobody names a tree it plays the origin's bytes and goes on looking, and changes to verified
/// bytes when a tree turns up. Owned by the engine, one per slot.
class ItemFeed final : public OnAirItem, private SourceObserver {
 public:
  /// `is_far`: as for `set_far`. `on_change` is called when something may be read that could not be
  /// before; it may not destroy the feed.
  ItemFeed(Services& services, playlist::Item item, playlist::Slot slot,
           std::optional<GatewayAccess> gateway, bool is_far, std::function<void()> on_change);
  ~ItemFeed() override;

  const playlist::Item& item() const override { return item_; }
  bool is_known() const override { return source_ != nullptr; }
  std::string type() const override;
  const media::FileFacts& facts() const override { return facts_; }
  std::optional<std::uint64_t> length() const override { return source_->length(); }
  std::optional<Slice> read(hash::ChunkIndex index) override { return source_->read(index); }
  void set_need(const Need& need) override { need_ = need; }

  [[nodiscard]] const playlist::Slot& slot() const { return slot_; }
  /// The slot's end can move when the playlist changes; its start cannot.
  void set_slot(const playlist::Slot& slot) { slot_ = slot; }
  /// A new playlist tells the same broadcast otherwise: `item` names the same file.
  void set_broadcast(const playlist::Item& item, const playlist::Slot& slot);

  /// Null until the file is known.
  [[nodiscard]] const ByteSource* source() const { return source_.get(); }
  [[nodiscard]] const Timetable& timetable() const { return timetable_; }
  /// Set once a tree is known: the swarm to take part in.
  [[nodiscard]] std::optional<hash::TreeRoot> root() const;
  [[nodiscard]] bool is_complete() const {
    return download_ != nullptr && download_->is_complete();
  }

  /// Long before its time a file that cannot be found is looked for with growing pauses, nothing
  /// is shown of its faults, and what cannot be kept is not fetched.
  void set_far(bool is_far);
  [[nodiscard]] bool is_far() const { return is_far_; }
  /// At most so many requests at a time for what is not urgent.
  void limit_bulk(unsigned requests);
  /// Requests under way for what is kept.
  [[nodiscard]] unsigned requests() const { return download_ ? download_->requests() : 0; }
  /// Whether anything of it is here that stays here.
  [[nodiscard]] bool has_kept() const { return download_ != nullptr && download_->held() > 0; }
  /// Whether all that is to be read within `span` is at hand.
  [[nodiscard]] bool has_next(Duration span) const;

  /// Readers beside the station's own; each adds itself and takes itself away.
  void add_reader(ItemReader& reader) { readers_.push_back(&reader); }
  void remove_reader(ItemReader& reader);
  [[nodiscard]] bool has_readers() const { return !readers_.empty(); }
  void on_reader_data() { on_change_(); }
  [[nodiscard]] bool is_verified() const { return download_ != nullptr; }
  [[nodiscard]] std::unique_ptr<PlainSource> make_plain_source(SourceObserver& observer);
  /// The slot is over: what the station itself needed is needed no more.
  void leave_to_readers() { is_for_readers_only_ = true; }

  /// Whether the gateway says what is fetched where.
  void set_guide(Guide guide);
  /// Null while no tree is known: its talk with the gateway.
  [[nodiscard]] Download* download() { return download_; }
  /// From here on more than the chunk due next may be fetched.
  void open_fully(const Membership& membership);
  /// Looks at the time again; `programme_now` is the instant that is on air for this listener.
  void update(WallTime programme_now);
  /// Since when the file has been known.
  [[nodiscard]] std::optional<Instant> known_since() const { return known_since_; }

 private:
  void on_data() override { on_change_(); }
  void on_tree_contradicted(bool is_stuck) override;
  void look_up();
  void look_up_later(bool has_been_answered);
  void show_problems(bool shown);
  void on_found(FoundFile found);
  /// Of the readers, the need of the one whose next missing chunk is due first; null if none of
  /// them lacks anything soon.
  [[nodiscard]] const Need* most_pressing(WallTime programme_now) const;

  Services& services_;
  playlist::Item item_;
  playlist::Slot slot_;
  std::optional<GatewayAccess> gateway_;
  std::function<void()> on_change_;
  Need need_;
  std::vector<ItemReader*> readers_;
  bool is_for_readers_only_ = false;
  bool is_far_;
  unsigned most_bulk_ = UINT_MAX;
  unsigned vain_lookups_ = 0;
  std::optional<Instant> known_since_;
  std::optional<Membership> opened_as_;
  Guide guide_ = Guide::nobody;

  std::unique_ptr<FileLookup> lookup_;
  std::unique_ptr<Timer> look_again_;
  bool is_stuck_ = false;
  std::optional<std::uint64_t> doubted_length_;
  media::FileFacts facts_;
  Timetable timetable_;
  std::unique_ptr<ByteSource> source_;
  Download* download_ = nullptr;  ///< `source_`, if that is verified.
};

}  // namespace alluvium::swarm
