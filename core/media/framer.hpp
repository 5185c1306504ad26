#pragma once

#include "core/base/bytes.hpp"
#include "core/time/clock.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace alluvium::media {

/// How a file is cut into pieces that a player can begin or end with.
enum class Format {
  mp3,     ///< MPEG audio layer I-III: frames.
  adts,    ///< AAC in ADTS: frames.
  ogg,     ///< Ogg of any codec: pages.
  opaque,  ///< Anything else: passed byte for byte from its beginning.
};

/// By MIME type where that is telling, else by the first bytes of the file (4 KiB are plenty).
[[nodiscard]] Format format_of(std::string_view mime_type, ByteView first_bytes);
/// By the first bytes alone: `audio/mpeg`, `audio/aac`, `audio/ogg`, else
/// `application/octet-stream`.
[[nodiscard]] std::string_view sniffed_type(ByteView first_bytes);

/// One frame or page: the unit in which a stream is joined, cut and paced.
struct Piece {
  enum class Kind {
    header,  ///< What every player must get first, whenever it joins: has no duration.
    media,
  };
  Kind kind = Kind::media;
  Slice bytes;               ///< Exactly as in the file.
  std::uint64_t offset = 0;  ///< Of the first byte in the file.
  Duration start{};          ///< Media time since the file's beginning.
  Duration duration{};
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

  /// Whether `jump` is possible yet: at once for frames, after all header pages for Ogg, never for
  /// opaque files, which can only be carried from their beginning.
  [[nodiscard]] virtual bool can_jump() const = 0;
  /// The next `feed` begins at `offset`, about media time `time` (Ogg pages know their own better).
  /// Resumes at the first whole piece there. What was fed and not taken is dropped.
  virtual void jump(std::uint64_t offset, Duration time) = 0;
};

/// `duration` and `length` of the whole file pace opaque pieces; zero if not known.
[[nodiscard]] std::unique_ptr<Framer> make_framer(Format format, Duration duration,
                                                  std::uint64_t length);

}  // namespace alluvium::media
