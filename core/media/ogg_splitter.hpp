#pragma once

#include "core/media/ogg_page.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace alluvium::media {

/// How long the packets are that end on a page.
struct PacketUnits {
  std::vector<std::optional<std::uint64_t>> each;
  std::uint64_t longest = 0;  ///< What one may be at most.

  /// Of packet `i`; as much as can be where it is not known.
  [[nodiscard]] std::uint64_t of(std::size_t i) const { return each[i].value_or(longest); }
  [[nodiscard]] std::uint64_t sum() const;
};

/// Cuts the pages of one logical stream where they are long in time. Encoders put a second of sound
/// on a page; a player begins with a page, and a seam falls between two, so that either would be
/// off by as much. Pages that follow a cut one are numbered on. Invariant: the packets that come
/// out are those that went in. Owned by the framer.
class OggSplitter {
 public:
  struct Part {
    Bytes page;
    std::uint64_t granule = no_granule;
    std::uint64_t units = 0;  ///< In the packets that end on it, at most.
    bool is_entry = false;    ///< It begins with the beginning of a packet.
  };

  /// The next page. `units` has those of the packets that end on it, as far as they are known; all
  /// but the first must be, or the page is not cut. A part is closed when it has `most_units`.
  [[nodiscard]] std::vector<Part> split(const ogg_page& page, std::span<const PacketPart> packets,
                                        const PacketUnits& units, std::uint64_t most_units);
  /// Pages were lost before the next one.
  void forget_position() { previous_ = no_granule; }
  /// The stream is entered at the next page: what it has of a packet that began before it is of no
  /// use. `split` gives nothing until there is something else.
  void restart() {
    forget_position();
    drops_beginning_ = true;
  }

 private:
  std::uint32_t added_ = 0;              ///< Pages that there are more than in the file.
  std::uint64_t previous_ = no_granule;  ///< Of the page before.
  bool drops_beginning_ = false;
};

}  // namespace alluvium::media
