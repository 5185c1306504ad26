#pragma once

#include "core/hash/tree.hpp"
#include "core/media/file_facts.hpp"

#include <memory>
#include <string>
#include <vector>

namespace alluvium::media {

/// All that one pass over a file's bytes yields.
struct ScannedFile {
  hash::LeafRow row;
  hash::Digest sha256{};  ///< All zero if only the tree was asked for.
  /// length, type (by content), duration and seconds (by frames; none for opaque files); root, and
  /// sha256 if it was asked for.
  FileFacts facts;
  /// Plain SHA-256 of pieces, for Metalink; the last one may be short. None if the file was longer
  /// than expected, or only the tree was asked for.
  std::uint64_t piece_bytes = 0;
  std::vector<hash::Digest> pieces;
};

/// Hashes and measures a file in one pass, in bytes given in order. Used by the gateway (streaming
/// from an origin) and by the broadcaster (from disk). CPU-bound; belongs on a worker for large
/// files.
class FileScan {
 public:
  /// Which hashes are wanted: the tree alone costs a third of all of them.
  enum class Hashes { all, tree };

  /// `mime_type` as the server says, empty if unknown: decides the format together with the bytes.
  /// `expected_length` 0 if not known; knowing it saves up to four of the hashes below.
  explicit FileScan(std::string mime_type = {}, std::uint64_t expected_length = 0,
                    Hashes hashes = Hashes::all);
  ~FileScan();
  FileScan(FileScan&&) noexcept;
  FileScan& operator=(FileScan&&) noexcept;

  /// False once the file is longer than max_file_bytes: give up.
  [[nodiscard]] bool update(ByteView bytes);
  [[nodiscard]] std::uint64_t length() const;
  /// Call once.
  [[nodiscard]] ScannedFile finish();

  /// Metalink pieces are 256 KiB × 2^k with the smallest k that gives no more than this many. A
  /// piece's plain hash cannot be made from those of its halves, so the pass keeps one running hash
  /// per size still possible.
  static constexpr std::size_t max_pieces = 4'096;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace alluvium::media
