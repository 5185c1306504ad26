#pragma once

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"
#include "core/hash/digest.hpp"
#include "core/http/client.hpp"
#include "core/http/url.hpp"
#include "core/media/file_facts.hpp"
#include "core/media/file_scan.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace alluvium::gateway {

/// All that is kept of one version of a file: everything but its bytes. Invariant: `facts` has
/// root and length, and sha256 unless it is a part of a live show; `leaves` hashes to that root.
/// Immutable once made; shared by those who answer with it.
struct FileVersion {
  http::Url url;  ///< Where it was fetched; equals `facts.uri`.
  media::FileFacts
      facts;     ///< Peers and mirrors are empty: they are known at the time of an answer.
  Slice leaves;  ///< The leaf row, 32 bytes a chunk.
  std::uint64_t piece_bytes = 0;
  std::vector<hash::Digest> pieces;  ///< Plain SHA-256 of pieces, for Metalink.

  [[nodiscard]] const hash::TreeRoot& root() const { return *facts.root; }
  /// Whether the origin said anything by which it can be asked if the file is still the same.
  [[nodiscard]] bool has_validators() const {
    return !facts.etag.empty() || !facts.last_modified.empty();
  }
};

/// From one pass over the bytes and the head under which the origin sent them. Header values that
/// could not be passed on safely (overlong, not visible ASCII) are left out.
[[nodiscard]] FileVersion make_file_version(const http::Url& url, media::ScannedFile scanned,
                                            const http::Headers& origin_headers);

/// From what a store kept. Everything is checked, the leaf row against its root.
[[nodiscard]] Result<FileVersion> restore_file_version(std::string_view facts_json, ByteView leaves,
                                                       std::uint64_t piece_bytes, ByteView pieces);

}  // namespace alluvium::gateway
