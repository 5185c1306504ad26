#include "core/media/framers.hpp"
#include "core/media/ogg_clock.hpp"
#include "core/media/ogg_page_finder.hpp"
#include "core/media/ogg_stream.hpp"
#include "core/media/scale.hpp"

#include <algorithm>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include <ogg/ogg.h>

namespace alluvium::media {

namespace {

using Kind = OggCodec::Kind;

/// Audio tells the time before pictures, both before what is not understood.
int rank(const OggCodec& codec) {
  if (codec.kind == Kind::skeleton) return -1;
  if (codec.units == 0) return 0;
  return codec.kind == Kind::theora ? 1 : 2;
}

/// Ogg (RFC 3533), page by page; sound alone in pages of no more than a fifth of a second. A *link*
/// is what stands between one group of first pages and the next: a file is one link, or a chain of
/// them. Time is that of one stream of each link, its guide; pages of others take none. After a
/// jump into a later link, whose headers were never seen, nothing is given until the next link
/// begins.
class OggFramer final : public Framer {
 public:
  OggFramer(Duration duration, std::uint64_t length) : pace_{duration, length} {}

  void feed(ByteView bytes) override { finder_.feed(bytes); }
  void finish() override {}
  [[nodiscard]] std::optional<Piece> next() override;
  [[nodiscard]] bool can_be_entered() const override { return true; }
  [[nodiscard]] bool can_jump() const override;
  [[nodiscard]] bool has_rare_entries() const override { return has_pictures(); }
  void jump(std::uint64_t offset, Duration time) override;
  [[nodiscard]] std::string family() const override;

 private:
  [[nodiscard]] OggStream* stream(int serial);
  [[nodiscard]] bool has_pictures() const;
  void take(const ogg_page& page, std::uint64_t offset);
  void take_headers(OggStream& stream, const ogg_page& page, std::uint64_t offset,
                    bool begins_link);
  void take_media(OggStream& stream, const ogg_page& page, std::uint64_t offset);
  bool begin_stream(const ogg_page& page, std::uint64_t offset);
  [[nodiscard]] bool can_resume_at(const OggStream& stream, const std::vector<PacketPart>& packets,
                                   std::uint64_t offset) const;
  void add(OggSplitter::Part part, std::uint64_t offset, OggClock::Span span);

  EvenPace pace_;
  PageFinder finder_;
  std::vector<OggStream> streams_;
  int guide_ = 0;
  OggClock clock_;
  Duration link_begin_{};
  Duration not_before_{};  ///< When pictures were entered, as they said it.
  std::deque<Piece> ready_;
  bool has_media_ = false;    ///< A page of media of this link was given.
  bool is_resuming_ = false;  ///< Jumped, and no page was given since.
  std::uint64_t jump_offset_ = 0;
  bool has_lost_link_ = false;     ///< Jumped into a link whose first pages were not seen.
  std::uint64_t headers_end_ = 0;  ///< Of this link, in the file.
};

std::optional<Piece> OggFramer::next() {
  ogg_page page;
  std::uint64_t offset = 0;
  while (ready_.empty() && finder_.next(page, offset)) take(page, offset);
  if (ready_.empty()) return std::nullopt;
  Piece piece = std::move(ready_.front());
  ready_.pop_front();
  return piece;
}

void OggFramer::take(const ogg_page& page, std::uint64_t offset) {
  const bool begins = ogg_page_bos(&page) != 0;
  const bool begins_link = begins && begin_stream(page, offset);
  OggStream* const owner = stream(ogg_page_serialno(&page));
  if (owner == nullptr) {
    has_lost_link_ = has_lost_link_ || is_resuming_;
  } else if (begins || (!is_resuming_ && owner->has_headers_on(page))) {
    take_headers(*owner, page, offset, begins_link);
  } else {
    take_media(*owner, page, offset);
  }
}

OggStream* OggFramer::stream(int serial) {
  const auto found = std::find_if(streams_.begin(), streams_.end(),
                                  [&](const OggStream& s) { return s.serial() == serial; });
  return found == streams_.end() ? nullptr : &*found;
}

bool OggFramer::has_pictures() const {
  return std::any_of(streams_.begin(), streams_.end(),
                     [](const OggStream& s) { return s.codec().kind == Kind::theora; });
}

/// True if it is the first of its link.
bool OggFramer::begin_stream(const ogg_page& page, std::uint64_t offset) {
  constexpr std::size_t max_streams = 16;
  const bool begins_link = streams_.empty() || has_media_ || is_resuming_ || has_lost_link_;
  if (begins_link) {
    // Who jumped to where a link begins knows when that is.
    const bool lost = has_lost_link_ || (is_resuming_ && offset != jump_offset_);
    link_begin_ = lost ? std::max(clock_.now(), pace_.time_at(offset)) : clock_.now();
    clock_ = OggClock({}, link_begin_);
    streams_.clear();
    has_media_ = false;
    is_resuming_ = false;
    has_lost_link_ = false;
    not_before_ = {};
  }
  const bool is_known = stream(ogg_page_serialno(&page)) != nullptr;
  if (is_known || streams_.size() == max_streams) return begins_link;

  const OggStream& added = streams_.emplace_back(page);
  const OggStream* const guide = stream(guide_);
  if (begins_link || guide == nullptr || rank(added.codec()) > rank(guide->codec())) {
    guide_ = added.serial();
    clock_ = OggClock(added.codec(), link_begin_);
  }
  return begins_link;
}

void OggFramer::take_headers(OggStream& stream, const ogg_page& page, std::uint64_t offset,
                             bool begins_link) {
  stream.read_headers(page);
  Piece piece;
  piece.kind = Piece::Kind::header;
  piece.bytes = Slice(bytes_of(page));
  piece.offset = offset;
  piece.start = clock_.now();
  piece.begins_link = begins_link;
  if (!has_media_) headers_end_ = offset + piece.bytes.size();
  ready_.push_back(std::move(piece));
}

void OggFramer::take_media(OggStream& stream, const ogg_page& page, std::uint64_t offset) {
  const auto packets = packets_on(page);
  if (is_resuming_ && !can_resume_at(stream, packets, offset)) return;
  const auto units = stream.read_media(page, packets);
  const OggCodec& codec = stream.codec();
  const auto granule = static_cast<std::uint64_t>(ogg_page_granulepos(&page));
  const bool is_entry = has_pictures()
                            ? codec.kind == Kind::theora && begins_with_key_picture(packets)
                            : !packets.empty() && packets[0].begins;
  has_media_ = true;

  // Streams are cut against each other by their pages, so only one alone is cut otherwise.
  if (streams_.size() == 1 && codec.units > 0 && !has_pictures()) {
    for (auto& part : stream.splitter().split(page, packets, units, codec.units / 5)) {
      is_resuming_ = false;
      const auto span = clock_.page(part.granule, part.units);
      add(std::move(part), offset, span);
    }
    return;
  }
  OggClock::Span span{clock_.now(), {}};
  const bool is_guide = stream.serial() == guide_;
  if (codec.units == 0 && is_guide) {
    span.start = pace_.time_at(offset);
    span.duration =
        pace_.time_at(offset + static_cast<std::uint64_t>(page.header_len + page.body_len)) -
        span.start;
  } else if (is_guide) {
    span = clock_.page(granule, units.sum());
  } else if (is_resuming_) {
    // Its own clock tells when pictures go on; sound follows with the next page.
    OggClock own(codec, link_begin_);
    own.resume(clock_.now());
    span.start = own.page(granule, units.sum()).start;
    not_before_ = span.start;
    clock_.resume(span.start);
  }
  is_resuming_ = false;
  add({bytes_of(page), granule, 0, is_entry}, offset, span);
}

void OggFramer::add(OggSplitter::Part part, std::uint64_t offset, OggClock::Span span) {
  Piece piece;
  piece.bytes = Slice(std::move(part.page));
  piece.offset = offset;
  piece.is_entry = part.is_entry;
  piece.start = std::max(span.start, not_before_);
  piece.duration = std::max(span.start + span.duration - piece.start, Duration{});
  ready_.push_back(std::move(piece));
}

/// With a picture that needs no other, else with any page of the guide; of a stream alone even one
/// in the middle of a packet, whose rest is left out.
bool OggFramer::can_resume_at(const OggStream& stream, const std::vector<PacketPart>& packets,
                              std::uint64_t offset) const {
  if (offset < headers_end_) return false;
  if (has_pictures())
    return stream.codec().kind == Kind::theora && begins_with_key_picture(packets);
  const bool begins = !packets.empty() && packets[0].begins;
  const bool can_be_cut = streams_.size() == 1 && stream.codec().units > 0;
  return stream.serial() == guide_ && (begins || can_be_cut);
}

bool OggFramer::can_jump() const {
  return !streams_.empty() && !is_resuming_ &&
         std::all_of(streams_.begin(), streams_.end(), [](const OggStream& s) {
           return s.has_all_headers() || s.codec().kind == Kind::skeleton;
         });
}

void OggFramer::jump(std::uint64_t offset, Duration time) {
  finder_.restart(offset);
  ready_.clear();
  clock_.resume(time);
  not_before_ = {};
  for (OggStream& stream : streams_) stream.restart();
  is_resuming_ = true;
  jump_offset_ = offset;
}

std::string OggFramer::family() const {
  if (streams_.size() != 1) return {};
  const OggCodec& codec = streams_.front().codec();
  switch (codec.kind) {
    case Kind::vorbis:
      return "ogg:vorbis";
    case Kind::opus:
      return "ogg:opus";
    case Kind::flac:
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
