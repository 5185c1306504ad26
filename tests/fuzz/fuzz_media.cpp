#include "core/base/bytes.hpp"
#include "core/media/framer.hpp"
#include "tests/fuzz/require.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

using namespace alluvium;
using fuzz::require;

/// Takes what there is: pieces in order. But for WebM and Ogg, whose sizes and long pages are
/// written anew, each is what the file has in its place.
void drain(media::Format format, media::Framer& framer, ByteView file,
           std::vector<media::Piece>& pieces) {
  const bool is_rewritten = format == media::Format::webm || format == media::Format::ogg;
  while (auto piece = framer.next()) {
    const ByteView bytes = piece->bytes.view();
    require(!bytes.empty() && piece->offset <= file.size());
    require(piece->duration >= Duration{});
    if (!is_rewritten) {
      require(piece->offset + bytes.size() <= file.size());
      require(std::equal(bytes.begin(), bytes.end(),
                         file.begin() + static_cast<std::ptrdiff_t>(piece->offset)));
    }
    if (!pieces.empty()) {
      const std::size_t taken = is_rewritten ? 0 : pieces.back().bytes.size();
      require(pieces.back().offset + taken <= piece->offset);
      require(pieces.back().start <= piece->start);
    }
    pieces.push_back(std::move(*piece));
  }
}

std::vector<media::Piece> pieces_of(media::Format format, ByteView file, std::size_t step) {
  const auto framer = media::make_framer(format, std::chrono::seconds(9), file.size());
  std::vector<media::Piece> pieces;
  for (std::size_t at = 0; at < file.size(); at += step) {
    framer->feed(file.subspan(at, std::min(step, file.size() - at)));
    drain(format, *framer, file, pieces);
  }
  framer->finish();
  drain(format, *framer, file, pieces);
  return pieces;
}

void enter(media::Format format, ByteView file, std::size_t from) {
  const auto framer = media::make_framer(format, {}, file.size());
  std::vector<media::Piece> pieces;
  framer->feed(file);
  drain(format, *framer, file, pieces);
  if (!framer->can_jump()) return;
  require(framer->can_be_entered());
  framer->jump(from, std::chrono::seconds(3));
  framer->feed(file.subspan(from));
  framer->finish();
  pieces.clear();
  drain(format, *framer, file, pieces);
}

}  // namespace

/// A file is cut the same way however it arrives, and can be entered anywhere.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView file(data, size);
  static_cast<void>(media::sniffed_type(file));
  for (const auto format : {media::Format::mp3, media::Format::adts, media::Format::ogg,
                            media::Format::webm, media::Format::mpegts, media::Format::opaque}) {
    const auto whole = pieces_of(format, file, std::max<std::size_t>(size, 1));
    const auto split = pieces_of(format, file, 13);
    require(whole.size() == split.size());
    for (std::size_t i = 0; i < whole.size(); ++i) {
      require(whole[i].offset == split[i].offset && whole[i].start == split[i].start);
      require(whole[i].is_entry == split[i].is_entry);
    }
    enter(format, file, size / 2);
  }
  return 0;
}
