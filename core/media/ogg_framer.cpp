#include "core/media/framers.hpp"
#include "core/media/ogg_clock.hpp"
#include "core/media/ogg_codec.hpp"
#include "core/media/ogg_page_finder.hpp"
#include "core/media/scale.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <ogg/ogg.h>

namespace alluvium::media {

namespace {

/// A logical stream of the link being read.
struct Stream {
  int serial = 0;
  OggCodec codec;
  std::uint32_t header_packets_seen = 0;
  bool headers_are_over = false;
};

/// Audio tells the time before pictures, both before what is not understood.
int rank(const OggCodec& codec) {
  if (codec.kind == OggCodec::Kind::skeleton) return -1;
  if (codec.units == 0) return 0;
  return codec.kind == OggCodec::Kind::theora ? 1 : 2;
}

/// Ogg (RFC 3533), page by page. A *link* is what stands between one group of first pages and the
/// next: a file is one link, or a chain of them. Time is that of one stream of each link, its
/// guide; pages of others take none. After a jump into a later link, whose headers were never
/// seen, nothing is given until the next link begins.
class OggFramer final : public Framer {
 public:
  OggFramer(Duration duration, std::uint64_t length) : pace_{duration, length} {}

  void feed(ByteView bytes) override { finder_.feed(bytes); }
  void finish() override {}
  [[nodiscard]] std::optional<Piece> next() override;
  [[nodiscard]] bool can_be_entered() const override { return true; }
  [[nodiscard]] bool can_jump() const override;
  void jump(std::uint64_t offset, Duration time) override;
  [[nodiscard]] std::string family() const override;

 private:
  [[nodiscard]] Stream* stream(int serial);
  [[nodiscard]] bool has_headers_on(Stream& stream, const ogg_page& page) const;
  bool begin_stream(const ogg_page& page, std::uint64_t offset);
  [[nodiscard]] bool resumes_at(const ogg_page& page, std::uint64_t offset);
  [[nodiscard]] OggClock::Span dated(const Stream& stream, const ogg_page& page, ByteView bytes,
                                     std::uint64_t offset);

  EvenPace pace_;
  PageFinder finder_;
  std::vector<Stream> streams_;
  int guide_ = 0;
  OggClock clock_;
  bool has_media_ = false;         ///< A page of media of this link was given.
  bool is_resuming_ = false;       ///< Jumped, and no page was given since.
  bool has_lost_link_ = false;     ///< Jumped into a link whose first pages were not seen.
  std::uint64_t headers_end_ = 0;  ///< Of this link, in the file.
};

std::optional<Piece> OggFramer::next() {
  ogg_page page;
  std::uint64_t offset = 0;
  while (finder_.next(page, offset)) {
    const bool begins = ogg_page_bos(&page) != 0;
    const bool begins_link = begins && begin_stream(page, offset);
    Stream* const owner = stream(ogg_page_serialno(&page));
    if (owner == nullptr) {
      has_lost_link_ = has_lost_link_ || is_resuming_;
      continue;
    }
    if (is_resuming_ && !resumes_at(page, offset)) continue;

    Piece piece;
    piece.offset = offset;
    Bytes bytes(page.header, page.header + page.header_len);
    bytes.insert(bytes.end(), page.body, page.body + page.body_len);
    if (begins || has_headers_on(*owner, page)) {
      piece.kind = Piece::Kind::header;
      piece.begins_link = begins_link;
      piece.start = clock_.now();
      owner->header_packets_seen += static_cast<std::uint32_t>(ogg_page_packets(&page));
      owner->headers_are_over =
          owner->codec.header_packets && owner->header_packets_seen >= *owner->codec.header_packets;
      if (!has_media_) headers_end_ = offset + bytes.size();
    } else {
      owner->headers_are_over = true;
      has_media_ = true;
      const auto span = dated(*owner, page, bytes, offset);
      piece.start = span.start;
      piece.duration = span.duration;
      piece.is_entry = ogg_page_continued(&page) == 0;
    }
    piece.bytes = Slice(std::move(bytes));
    return piece;
  }
  return std::nullopt;
}

Stream* OggFramer::stream(int serial) {
  const auto found = std::find_if(streams_.begin(), streams_.end(),
                                  [&](const Stream& s) { return s.serial == serial; });
  return found == streams_.end() ? nullptr : &*found;
}

/// Header packets never share a page with media; the next such page begins with a fresh packet.
bool OggFramer::has_headers_on(Stream& stream, const ogg_page& page) const {
  if (stream.headers_are_over) return false;
  if (stream.codec.kind != OggCodec::Kind::flac || stream.codec.header_packets) return true;
  const bool is_frame = ogg_page_continued(&page) == 0 && page.body_len > 0 && page.body[0] == 0xff;
  return !is_frame;
}

/// True if it is the first of its link.
bool OggFramer::begin_stream(const ogg_page& page, std::uint64_t offset) {
  constexpr std::size_t max_streams = 16;
  const int serial = ogg_page_serialno(&page);
  const bool begins_link = streams_.empty() || has_media_ || is_resuming_ || has_lost_link_;
  if (begins_link) {
    const bool lost = has_lost_link_ || is_resuming_;
    clock_ = OggClock({}, lost ? std::max(clock_.now(), pace_.time_at(offset)) : clock_.now());
    streams_.clear();
    has_media_ = false;
    is_resuming_ = false;
    has_lost_link_ = false;
  }
  if (stream(serial) != nullptr || streams_.size() == max_streams) return begins_link;

  const ByteView body(page.body, static_cast<std::size_t>(page.body_len));
  streams_.push_back({.serial = serial, .codec = recognise_codec(body)});
  const Stream* const guide = stream(guide_);
  if (begins_link || guide == nullptr || rank(streams_.back().codec) > rank(guide->codec)) {
    guide_ = serial;
    clock_ = OggClock(streams_.back().codec, clock_.now());
  }
  return begins_link;
}

bool OggFramer::resumes_at(const ogg_page& page, std::uint64_t offset) {
  const bool continues = ogg_page_continued(&page) != 0;
  if (offset < headers_end_ || continues || ogg_page_serialno(&page) != guide_) return false;
  is_resuming_ = false;
  return true;
}

OggClock::Span OggFramer::dated(const Stream& stream, const ogg_page& page, ByteView bytes,
                                std::uint64_t offset) {
  if (stream.serial != guide_) return {clock_.now(), {}};
  if (stream.codec.units == 0) {
    const Duration start = pace_.time_at(offset);
    return {start, pace_.time_at(offset + bytes.size()) - start};
  }
  return clock_.page(static_cast<std::uint64_t>(ogg_page_granulepos(&page)),
                     units_ending_on(stream.codec, bytes));
}

bool OggFramer::can_jump() const {
  return !streams_.empty() && std::all_of(streams_.begin(), streams_.end(), [](const Stream& s) {
    return s.headers_are_over || s.codec.kind == OggCodec::Kind::skeleton;
  });
}

void OggFramer::jump(std::uint64_t offset, Duration time) {
  finder_.restart(offset);
  clock_.resume(time);
  is_resuming_ = true;
}

std::string OggFramer::family() const {
  if (streams_.size() != 1) return {};
  const OggCodec& codec = streams_.front().codec;
  switch (codec.kind) {
    case OggCodec::Kind::vorbis:
      return "ogg:vorbis";
    case OggCodec::Kind::opus:
      return "ogg:opus";
    case OggCodec::Kind::flac:
      // Decoders that were made ready for the blocks and samples of one link refuse larger ones
      // and others in the next.
      return "ogg:flac:" + std::to_string(codec.largest_packet) + ":" +
             std::to_string(codec.sample_bits);
    default:
      return {};
  }
}

}  // namespace

std::unique_ptr<Framer> make_ogg_framer(Duration duration, std::uint64_t length) {
  return std::make_unique<OggFramer>(duration, length);
}

}  // namespace alluvium::media
