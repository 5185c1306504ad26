#include "core/media/file_scan.hpp"

#include "core/media/framer.hpp"
#include "core/media/seconds_index.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace alluvium::media {

namespace {

constexpr std::uint64_t smallest_piece = 256 * 1024;
constexpr std::size_t sniffed_bytes = std::size_t{16} * 1'024;

/// Plain hashes of a file's pieces of one size.
class PieceHashes {
 public:
  explicit PieceHashes(std::uint64_t piece_bytes) : piece_bytes_(piece_bytes) {}

  void update(ByteView bytes) {
    while (!bytes.empty()) {
      const ByteView part = bytes.first(std::min<std::uint64_t>(room_, bytes.size()));
      hasher_.update(part);
      room_ -= part.size();
      if (room_ == 0) close();
      bytes = bytes.subspan(part.size());
    }
  }
  [[nodiscard]] std::vector<hash::Digest> finish() {
    if (room_ < piece_bytes_) close();
    return std::move(hashes_);
  }
  [[nodiscard]] std::uint64_t piece_bytes() const { return piece_bytes_; }
  [[nodiscard]] bool can_cover(std::uint64_t length) const {
    return length <= piece_bytes_ * FileScan::max_pieces;
  }

 private:
  void close() {
    hashes_.push_back(hasher_.finish());
    room_ = piece_bytes_;
  }

  std::uint64_t piece_bytes_;
  std::uint64_t room_ = piece_bytes_;
  hash::Sha256 hasher_;
  std::vector<hash::Digest> hashes_;
};

/// The sizes that a file of `expected` bytes (0: any) may be given in.
std::vector<PieceHashes> possible_piece_hashes(std::uint64_t expected) {
  std::vector<PieceHashes> sizes;
  for (std::uint64_t size = smallest_piece;; size *= 2) {
    sizes.emplace_back(size);
    if (!sizes.back().can_cover(expected)) {
      sizes.pop_back();
    } else if (expected != 0 || sizes.back().can_cover(hash::max_file_bytes)) {
      return sizes;
    }
  }
}

}  // namespace

struct FileScan::State {
  State(std::string type, std::uint64_t expected_length, Hashes hashes)
      : mime_type(std::move(type)) {
    if (hashes == Hashes::tree) return;
    whole.emplace();
    piece_sizes = possible_piece_hashes(std::min(expected_length, hash::max_file_bytes));
  }

  void measure(ByteView bytes);
  void choose_framer();

  std::string mime_type;
  hash::TreeBuilder tree;
  std::optional<hash::Sha256> whole;     ///< None if only the tree is wanted.
  std::vector<PieceHashes> piece_sizes;  ///< Smallest first; those that no longer do are dropped.
  Bytes head;                            ///< Until there is enough to tell the format by.
  std::string sniffed;
  std::optional<SecondsIndexer> indexer;  ///< None before that, and for opaque files.
  bool format_is_known = false;
};

void FileScan::State::measure(ByteView bytes) {
  if (format_is_known) {
    if (indexer) indexer->feed(bytes);
    return;
  }
  head.insert(head.end(), bytes.begin(), bytes.end());
  if (head.size() >= sniffed_bytes) choose_framer();
}

void FileScan::State::choose_framer() {
  const ByteView first = ByteView(head).first(std::min(head.size(), sniffed_bytes));
  sniffed = sniffed_type(first);
  const Format format = format_of(mime_type, first);
  format_is_known = true;
  // The packets of a transport stream are dated by the duration that is asked for here.
  const bool tells_time = format != Format::opaque && format != Format::mpegts;
  if (tells_time) {
    indexer.emplace(make_framer(format, {}, 0));
    indexer->feed(head);
  }
  head = {};
}

FileScan::FileScan(std::string mime_type, std::uint64_t expected_length, Hashes hashes)
    : state_(std::make_unique<State>(std::move(mime_type), expected_length, hashes)) {}
FileScan::~FileScan() = default;
FileScan::FileScan(FileScan&&) noexcept = default;
FileScan& FileScan::operator=(FileScan&&) noexcept = default;

bool FileScan::update(ByteView bytes) {
  State& s = *state_;
  if (bytes.size() > hash::max_file_bytes - s.tree.length()) return false;
  s.tree.update(bytes);
  if (s.whole) s.whole->update(bytes);
  std::erase_if(s.piece_sizes,
                [&](const PieceHashes& size) { return !size.can_cover(s.tree.length()); });
  for (PieceHashes& size : s.piece_sizes) size.update(bytes);
  s.measure(bytes);
  return true;
}

std::uint64_t FileScan::length() const {
  return state_->tree.length();
}

ScannedFile FileScan::finish() {
  State& s = *state_;
  if (!s.format_is_known) s.choose_framer();
  const std::uint64_t length = s.tree.length();
  ScannedFile result{.row = s.tree.finish()};
  if (s.whole) result.facts.sha256 = result.sha256 = s.whole->finish();
  if (!s.piece_sizes.empty()) {
    result.piece_bytes = s.piece_sizes.front().piece_bytes();
    result.pieces = s.piece_sizes.front().finish();
  }
  FileFacts& facts = result.facts;
  facts.root = result.row.root();
  facts.length = length;
  const bool says_nothing = s.sniffed == "application/octet-stream" && !s.mime_type.empty();
  facts.type = says_nothing ? s.mime_type : s.sniffed;
  if (s.indexer) {
    s.indexer->finish();
    if (s.indexer->duration().count() > 0) facts.duration = s.indexer->duration();
    facts.seconds = s.indexer->seconds();
    facts.links = s.indexer->links();
  }
  return result;
}

}  // namespace alluvium::media
