#pragma once

#include "core/media/framer.hpp"
#include "core/swarm/on_air.hpp"

#include <memory>
#include <optional>
#include <string>

namespace alluvium::bridge {

/// How an item is to be cut.
struct ItemFormat {
  media::Format format = media::Format::opaque;
  std::string type;     ///< MIME type, one spelling for each kind of stream.
  Duration duration{};  ///< 0 if nobody knows.
  std::uint64_t length = 0;
};

/// Tells the format by what is said of the item, and by its first bytes where that does not tell;
/// nothing while those are missing. They are asked for, due at `due`. `planned`: how long its slot
/// is, if neither file nor playlist say.
[[nodiscard]] std::optional<ItemFormat> tell_format(swarm::OnAirItem& item, WallTime due,
                                                    Duration planned);

/// The way of one item's bytes from chunks to pieces, from its beginning or from wherever it is
/// entered. Asks the item for the chunk it needs next. Owned by a programme, one a broadcast.
class PieceReader {
 public:
  /// `entry`: media time at which to enter, as soon as the format can be entered; 0: plays whole.
  PieceReader(const ItemFormat& format, Duration entry);

  /// The next piece. Nothing: it is over, or its next chunk, needed at `due`, is not there yet.
  [[nodiscard]] std::optional<media::Piece> next(swarm::OnAirItem& item, WallTime due);
  [[nodiscard]] bool is_over() const { return is_over_; }
  /// It was entered after its beginning.
  [[nodiscard]] bool has_jumped() const { return has_jumped_; }
  /// … at a place that is only about right, as there is no seconds index.
  [[nodiscard]] bool is_estimated() const { return is_estimated_; }
  [[nodiscard]] const media::Framer& framer() const { return *framer_; }

 private:
  void jump(const swarm::OnAirItem& item);
  [[nodiscard]] bool feed(swarm::OnAirItem& item, WallTime due);

  Duration entry_;
  std::unique_ptr<media::Framer> framer_;
  hash::ChunkIndex next_{0};
  std::uint64_t skip_ = 0;  ///< Bytes of the next chunk that come before the entry.
  bool may_jump_;           ///< Nothing of the media has been given yet.
  bool has_jumped_ = false;
  bool is_estimated_ = false;
  bool is_fed_ = false;  ///< The framer has all there is.
  bool is_over_ = false;
};

}  // namespace alluvium::bridge
