#pragma once

#include "core/base/bytes.hpp"
#include "core/media/framer.hpp"
#include "core/time/clock.hpp"

#include <cstddef>
#include <memory>
#include <optional>

namespace alluvium::broadcaster {

/// Some seconds of a live recording, a file in itself. Value type.
struct Part {
  Bytes bytes;
  /// So many of them, at the front, are headers; behind the first part of a link they are those
  /// of that one again.
  std::size_t header_bytes = 0;
  bool begins_link = false;  ///< It does not go on with the part before: the headers are others.
  Duration start{};          ///< Media time since the recording began.
  Duration end{};            ///< Later than `start`.
};

/// Cuts a recording, while it is being made, into parts of whole frames or pages, each of which
/// begins where a player can. A part is cut as soon as it is long enough, and is no longer than
/// that by more than one piece, as far as there are places to begin. Invariant: the parts of one
/// link, without the headers of all but the first, are its pieces one behind the other. Pure; owned
/// by the show.
class PartCutter {
 public:
  /// What is cut by frames or pages: MPEG audio, ADTS and Ogg.
  [[nodiscard]] static bool can_cut(media::Format format);

  /// `format` is one that can be cut; `length` is positive.
  PartCutter(media::Format format, Duration length);

  void feed(ByteView bytes);
  /// There are no more: what is left is a part, however short.
  void finish();
  /// The next part that is complete, or nothing until more is fed.
  [[nodiscard]] std::optional<Part> next();
  /// What is held for parts to come.
  [[nodiscard]] std::size_t held_bytes() const;

 private:
  void take_header(const media::Piece& piece);
  /// Whether the part ends before a piece.
  [[nodiscard]] bool ends_before(const media::Piece& piece) const;
  /// Whether a player can begin with what will come after the piece.
  [[nodiscard]] bool is_followed_by_entry(const media::Piece& piece) const;
  void take_media(const media::Piece& piece);
  [[nodiscard]] std::optional<Part> cut();

  media::Format format_;
  std::unique_ptr<media::Framer> framer_;
  Duration length_;
  Bytes headers_;                      ///< Of the link being read.
  bool begins_link_ = true;            ///< No part of the link has been cut yet.
  std::optional<media::Piece> ahead_;  ///< The piece before which a part was cut.
  Bytes media_;                        ///< Of the part that is growing.
  std::optional<Duration> start_;      ///< Of it; none as long as it is empty.
  Duration end_{};
  bool is_finished_ = false;
};

}  // namespace alluvium::broadcaster
