#pragma once

#include "core/base/bytes.hpp"
#include "core/time/clock.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace alluvium::media {

/// How a file is cut into pieces that a player can begin or end with.
enum class Format {
  mp3,     ///< MPEG audio layer I-III: frames.
  adts,    ///< AAC in ADTS: frames.
  ogg,     ///< Ogg of any codec: pages.
  webm,    ///< WebM and Matroska: blocks.
  mpegts,  ///< MPEG transport streams: runs of packets.
  opaque,  ///< Anything else: passed byte for byte from its beginning.
};

/// By MIME type where that is telling, else by the first bytes of the file (4 KiB are plenty, but
/// whether Matroska shows pictures may stand behind them).
[[nodiscard]] Format format_of(std::string_view mime_type, ByteView first_bytes);
/// By the first bytes alone: `audio/mpeg`, `audio/aac`, `audio/ogg`, `video/ogg`, `audio/webm`,
/// `video/webm`, `audio/x-matroska`, `video/x-matroska`, `video/mp2t`, else
/// `application/octet-stream`.
[[nodiscard]] std::string_view sniffed_type(ByteView first_bytes);

/// One frame, page or run of packets: the unit in which a stream is cut and paced.
struct Piece {
  enum class Kind {
    header,  ///< What every player must get first, whenever it joins: has no duration.
    media,
  };
  Kind kind = Kind::media;
  /// As in the file; of Ogg in shorter pages, of WebM with the sizes that streams have.
  Slice bytes;
  /// Where it comes from in the file: the first byte of it or of what it was made of, so that it
  /// comes again after a jump there.
  std::uint64_t offset = 0;
  Duration start{};  ///< Media time since the file's beginning.
  Duration duration{};
  /// Media: whether a player can begin with it, once it has the headers.
  bool is_entry = true;
  /// Header: the first of its link, for which the headers of other links mean nothing.
  bool begins_link = false;
};

/// Cuts the bytes of one file into pieces. What is not media (ID3, APE and Xing/Info frames, junk)
/// is left out. Damaged places are skipped and found again at the next piece. Never throws on
/// input; once `next` has given nothing it holds at most 128 KiB. Given out pieces stay valid.
class Framer {
 public:
  virtual ~Framer() = default;

  /// The file's next bytes, from offset 0 or from the place of the last `jump` on.
  virtual void feed(ByteView bytes) = 0;
  /// There are no more.
  virtual void finish() = 0;
  /// The next whole piece, or nothing until more is fed.
  [[nodiscard]] virtual std::optional<Piece> next() = 0;

  /// Whether `jump` will ever be possible: not for opaque files, which can only be carried from
  /// their beginning.
  [[nodiscard]] virtual bool can_be_entered() const = 0;
  /// Whether `jump` is possible yet: at once for frames and packets, after the headers for Ogg and
  /// WebM. In Ogg, after a jump, not before a piece has come of it: it may have led to the headers
  /// of another link.
  [[nodiscard]] virtual bool can_jump() const = 0;
  /// Whether pieces to begin with may be seconds apart, as key frames are. Such a file is entered
  /// at the last one before the moment wanted, and what lies between is sent too. Right when
  /// can_jump().
  [[nodiscard]] virtual bool has_rare_entries() const { return false; }
  /// The next `feed` begins at `offset`, about media time `time` (Ogg pages and WebM clusters know
  /// their own better). Resumes at the first whole piece there. What was fed and not taken is
  /// dropped.
  virtual void jump(std::uint64_t offset, Duration time) = 0;

  /// What can follow what within one connection to a player: `mpeg`, `adts`, `mpegts`,
  /// `ogg:vorbis`, `ogg:opus`, `ogg:flac:BLOCK:BITS` (samples of the largest block, bits of one);
  /// empty if nothing may follow and it may follow nothing.
  /// Of Ogg these three codecs alone, one stream a link: others, and any two at once, break off
  /// players' demuxers at the next link. Of the link being read, so it may change within a file;
  /// right when a piece of media has been given, until the next header.
  [[nodiscard]] virtual std::string family() const = 0;
};

/// `duration` and `length` of the whole file pace opaque pieces; zero if not known.
[[nodiscard]] std::unique_ptr<Framer> make_framer(Format format, Duration duration,
                                                  std::uint64_t length);

}  // namespace alluvium::media
