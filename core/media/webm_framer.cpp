#include "core/media/framers.hpp"
#include "core/media/piece_chain.hpp"
#include "core/media/scale.hpp"
#include "core/media/webm.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace alluvium::media {

namespace {

constexpr std::size_t max_piece_bytes = 32 * 1024;
/// Bytes of a cluster that may be held to see whether it starts with a key frame.
constexpr std::size_t max_lookahead = 48 * 1024;
constexpr std::uint64_t max_head_bytes = 1024 * 1024;
constexpr std::uint64_t max_described_bytes = 64 * 1024;
/// Sound alone can be entered this often.
constexpr Duration entry_spacing = std::chrono::milliseconds(250);

/// WebM and Matroska (RFC 9559), element by element: what stands before the first cluster is given
/// as headers, then a piece for each block, with what stands before it. Segment and clusters are
/// given as of unknown size, as live streams have them (RFC 8794, 6.2), for a player may come and
/// the stream may end anywhere. Where there is no video, sound is put into more and shorter
/// clusters, for encoders make them five seconds long and a player can only begin with one. A file
/// that is not understood, or whose head is longer than 1 MiB, is carried as an opaque one is.
/// Invariant: `buffer_[used_]` is the file's byte `offset_`.
class WebmFramer final : public Framer {
 public:
  WebmFramer(Duration duration, std::uint64_t length) : pace_{duration, length} {}

  void feed(ByteView bytes) override;
  void finish() override { is_finished_ = true; }
  [[nodiscard]] std::optional<Piece> next() override;
  [[nodiscard]] bool can_be_entered() const override { return !was_never_understood_; }
  [[nodiscard]] bool has_rare_entries() const override { return tracks_.has_video(); }
  [[nodiscard]] bool can_jump() const override { return origin_.has_value(); }
  void jump(std::uint64_t offset, Duration time) override;
  [[nodiscard]] std::string family() const override { return {}; }

 private:
  enum class State {
    head,      ///< Before the first cluster.
    clusters,  ///< Between two elements of a cluster, or two clusters.
    seeking,   ///< Looking for the next cluster.
    carrying,  ///< Nothing is understood any more.
  };
  /// Whether to go on; otherwise more bytes are needed.
  [[nodiscard]] bool step();
  [[nodiscard]] bool copy();
  [[nodiscard]] bool step_in_head();
  [[nodiscard]] bool step_in_clusters();
  [[nodiscard]] bool seek();
  [[nodiscard]] bool carry();
  void lose();

  [[nodiscard]] bool begin_first_cluster();
  [[nodiscard]] bool begin_cluster(const EbmlHead& head);
  [[nodiscard]] bool begin_block(const EbmlHead& head);
  [[nodiscard]] std::optional<ClusterStart> look_ahead() const;
  [[nodiscard]] bool fits(std::uint64_t size) const {
    return pace_.length == 0 || size <= pace_.length - std::min(pace_.length, offset_);
  }

  [[nodiscard]] ByteView rest() const { return ByteView(buffer_).subspan(used_); }
  [[nodiscard]] std::size_t whole_or_rest(std::uint64_t bytes) const {
    return static_cast<std::size_t>(std::min<std::uint64_t>(bytes, rest().size()));
  }
  void pass(std::size_t count);
  void append(std::size_t count);
  void append_open(const EbmlHead& head);
  void add_cluster();

  [[nodiscard]] bool makes_clusters() const {
    return state_ == State::clusters && !tracks_.has_video();
  }
  [[nodiscard]] std::uint64_t place() const { return makes_clusters() ? cluster_offset_ : offset_; }

  EvenPace pace_;
  Bytes buffer_;
  std::size_t used_ = 0;
  std::uint64_t offset_ = 0;
  bool is_finished_ = false;

  State state_ = State::head;
  bool needs_entry_ = false;  ///< Seeking: clusters that do not start with a key frame are no use.
  bool was_never_understood_ = false;
  std::uint64_t left_ = 0;  ///< Of the element at hand: bytes to copy, or to skip while seeking.
  WebmTracks tracks_;
  std::optional<Duration> origin_;  ///< The file's own time of its first block.
  std::uint64_t cluster_ticks_ = 0;
  std::uint64_t cluster_offset_ = 0;
  Duration last_entry_{};

  PieceChain pieces_;
  bool has_block_ = false;  ///< The piece at hand.
};

void WebmFramer::feed(ByteView bytes) {
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(used_));
  used_ = 0;
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
}

void WebmFramer::jump(std::uint64_t offset, Duration) {
  buffer_.clear();
  used_ = 0;
  offset_ = offset;
  is_finished_ = false;
  state_ = State::seeking;
  needs_entry_ = true;
  left_ = 0;
  pieces_.restart();
}

std::optional<Piece> WebmFramer::next() {
  while (pieces_.is_empty() && step()) {
  }
  if (pieces_.is_empty() && is_finished_) {
    pieces_.end_all(state_ == State::carrying ? std::optional(pace_.duration) : std::nullopt);
  }
  return pieces_.take();
}

bool WebmFramer::step() {
  if (left_ > 0) return copy();
  switch (state_) {
    case State::head:
      return step_in_head();
    case State::clusters:
      return step_in_clusters();
    case State::seeking:
      return seek();
    case State::carrying:
      break;
  }
  return carry();
}

bool WebmFramer::copy() {
  if (rest().empty()) return false;
  if (state_ == State::seeking) {
    const std::size_t count = whole_or_rest(left_);
    pass(count);
    left_ -= count;
    return true;
  }
  if (pieces_.size() >= max_piece_bytes) pieces_.cut(place());
  const std::size_t count = std::min(whole_or_rest(left_), max_piece_bytes - pieces_.size());
  append(count);
  left_ -= count;
  return true;
}

bool WebmFramer::step_in_head() {
  const EbmlReading reading = ebml_head_at(rest());
  if (reading.state == EbmlReading::State::unclear && !is_finished_) return false;
  const EbmlHead& head = reading.head;
  const bool may_be_open = head.id == webm::segment || head.id == webm::cluster;
  const bool is_bounded =
      head.size && *head.size <= max_head_bytes - std::min(offset_, max_head_bytes);
  if (reading.state != EbmlReading::State::found || (offset_ == 0) != (head.id == webm::ebml) ||
      (!may_be_open && !is_bounded) || offset_ > max_head_bytes) {
    lose();
    return true;
  }
  if (offset_ == 0) pieces_.begin(Piece::Kind::header, offset_, false);
  if (head.id == webm::cluster) return begin_first_cluster();
  if (head.id == webm::segment) {
    append_open(head);
    return true;
  }
  const bool is_description = head.id == webm::info || head.id == webm::tracks;
  if (is_description) {
    const auto size = static_cast<std::size_t>(*head.size);
    if (size > max_described_bytes) {
      lose();
      return true;
    }
    if (rest().size() < head.bytes + size) {
      if (is_finished_) lose();
      return is_finished_;
    }
    const ByteView content = rest().subspan(head.bytes, size);
    if (head.id == webm::info) tracks_.read_info(content);
    if (head.id == webm::tracks) tracks_.read_tracks(content);
  }
  append(head.bytes);
  left_ = *head.size;
  return true;
}

bool WebmFramer::begin_first_cluster() {
  if (tracks_.empty()) {
    lose();
    return true;
  }
  // With the last header a player may be let in anywhere, so the file's beginning is looked at
  // before that is given.
  const auto start = look_ahead();
  if (!start) return false;
  origin_ = tracks_.time_of_ticks(start->ticks);
  pieces_.end();
  state_ = State::clusters;
  return true;
}

bool WebmFramer::step_in_clusters() {
  const EbmlReading reading = ebml_head_at(rest());
  if (reading.state == EbmlReading::State::unclear) return false;
  const EbmlHead& head = reading.head;
  const bool is_found = reading.state == EbmlReading::State::found;
  if (is_found && head.id == webm::cluster) return begin_cluster(head);
  if (is_found && head.id == webm::ebml) {
    // Another file behind this one: its clusters mean nothing without its head.
    pieces_.end();
    state_ = State::carrying;
    return true;
  }
  const bool is_block = head.id == webm::simple_block || head.id == webm::block_group;
  const bool is_known = is_block || webm::is_beside_blocks(head.id);
  if (!is_found || !is_known || !head.size || !fits(*head.size)) {
    lose();
    return true;
  }
  if (is_block) return begin_block(head);
  if (head.id == webm::timestamp) {
    constexpr std::uint64_t longest = 8;
    const std::size_t end = head.bytes + static_cast<std::size_t>(std::min(*head.size, longest));
    if (rest().size() < end) return false;
    cluster_ticks_ = ebml_number(rest().first(end).subspan(head.bytes));
  }
  append(head.bytes);
  left_ = *head.size;
  return true;
}

bool WebmFramer::begin_cluster(const EbmlHead& head) {
  const auto start = look_ahead();
  if (!start) return false;
  cluster_offset_ = offset_;
  pieces_.begin(Piece::Kind::media, place(), start->is_entry);
  has_block_ = false;
  append_open(head);
  return true;
}

bool WebmFramer::begin_block(const EbmlHead& head) {
  const std::size_t seen =
      static_cast<std::size_t>(std::min<std::uint64_t>(*head.size, block_head_bytes));
  if (rest().size() < head.bytes + seen) return false;
  const ByteView content = rest().subspan(head.bytes, seen);
  const auto block =
      head.id == webm::simple_block ? parse_simple_block(content) : parse_block_group(content);
  if (!block) {
    lose();
    return true;
  }
  if (has_block_ || pieces_.size() == 0) pieces_.begin(Piece::Kind::media, place(), false);
  has_block_ = true;
  if (tracks_.tells_time(block->track)) {
    const auto ticks = static_cast<std::int64_t>(cluster_ticks_) + block->ticks;
    pieces_.date(
        tracks_.time_of_ticks(static_cast<std::uint64_t>(std::max<std::int64_t>(ticks, 0))) -
        *origin_);
    const bool is_far = pieces_.now() - last_entry_ >= entry_spacing;
    if (pieces_.size() == 0 && makes_clusters() && is_far) add_cluster();
    if (pieces_.is_entry()) last_entry_ = pieces_.now();
  }
  append(head.bytes);
  left_ = *head.size;
  return true;
}

std::optional<ClusterStart> WebmFramer::look_ahead() const {
  const ByteView bytes = rest().first(std::min(rest().size(), max_lookahead));
  return cluster_start(bytes, tracks_, is_finished_ || bytes.size() == max_lookahead);
}

/// What stands here is not what should. Where clusters were, the next one is looked for.
void WebmFramer::lose() {
  pieces_.end();
  if (state_ == State::head) {
    was_never_understood_ = true;
    state_ = State::carrying;
  } else {
    state_ = State::seeking;
    needs_entry_ = false;
  }
}

bool WebmFramer::seek() {
  constexpr std::array<std::uint8_t, 4> id = {0x1f, 0x43, 0xb6, 0x75};
  const ByteView bytes = rest();
  const auto found = std::search(bytes.begin(), bytes.end(), id.begin(), id.end());
  if (found == bytes.end()) {
    // The beginning of one may be at the end.
    pass(bytes.size() - std::min(bytes.size(), id.size() - 1));
    return false;
  }
  pass(static_cast<std::size_t>(found - bytes.begin()));
  const auto start = look_ahead();
  if (!start) return false;
  const EbmlHead head = ebml_head_at(rest()).head;
  if (!start->is_cluster) {
    pass(id.size());
  } else if (needs_entry_ && !start->is_entry) {
    pass(head.bytes);
    left_ = head.size.value_or(0);
  } else {
    state_ = State::clusters;
  }
  return true;
}

bool WebmFramer::carry() {
  constexpr std::size_t carried_bytes = 4'096;
  if (rest().empty() || (rest().size() < carried_bytes && !is_finished_)) return false;
  pieces_.begin(Piece::Kind::media, offset_, !pieces_.has_media());
  pieces_.date(pace_.time_at(offset_));
  append(std::min(rest().size(), carried_bytes));
  return true;
}

void WebmFramer::pass(std::size_t count) {
  used_ += count;
  offset_ += count;
}

void WebmFramer::append(std::size_t count) {
  pieces_.append(rest().first(count));
  pass(count);
}

/// The head of an element, as one of unknown size.
void WebmFramer::append_open(const EbmlHead& head) {
  const std::size_t id_bytes = static_cast<std::size_t>(std::countl_zero(rest()[0])) + 1;
  const std::size_t size_bytes = head.bytes - id_bytes;
  append(id_bytes);
  pass(size_bytes);
  Bytes unknown(size_bytes, 0xff);
  unknown[0] = static_cast<std::uint8_t>(0x1ff >> size_bytes);
  pieces_.append(unknown);
}

/// Begins the piece at hand with a cluster of its own, in which its block has the same place in
/// time.
void WebmFramer::add_cluster() {
  Bytes bytes = {0x1f, 0x43, 0xb6, 0x75, 0xff, 0xe7, 0x88};
  for (int shift = 56; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<std::uint8_t>(cluster_ticks_ >> shift));
  }
  pieces_.append(bytes);
  pieces_.make_entry();
}

}  // namespace

std::unique_ptr<Framer> make_webm_framer(Duration duration, std::uint64_t length) {
  return std::make_unique<WebmFramer>(duration, length);
}

}  // namespace alluvium::media
