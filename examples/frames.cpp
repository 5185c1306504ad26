/// Prints how a media file is cut: one line a piece, with kind, offset, size, start and duration
/// (both in milliseconds).
///
///     frames FILE [--from SECONDS] [--bytes]
///
/// With `--bytes` the pieces themselves are written.

#include "core/media/file_scan.hpp"
#include "core/media/framer.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>

namespace {

using namespace alluvium;

std::optional<Bytes> contents(const char* path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

bool writes_bytes = false;

void print(const media::Piece& piece) {
  if (writes_bytes) {
    std::fwrite(piece.bytes.view().data(), 1, piece.bytes.size(), stdout);
    return;
  }
  const auto milliseconds = [](Duration time) { return static_cast<double>(time.count()) / 1000; };
  std::printf("%s %llu %zu %.3f %.3f\n",
              piece.kind == media::Piece::Kind::header ? "header" : "media",
              static_cast<unsigned long long>(piece.offset), piece.bytes.size(),
              milliseconds(piece.start), milliseconds(piece.duration));
}

/// Prints what a player gets that joins at `from`: the headers, then the pieces from there on.
void print_from(ByteView file, const media::FileFacts& facts, Duration from) {
  const auto format = media::format_of({}, file.first(std::min<std::size_t>(4'096, file.size())));
  const auto framer = media::make_framer(
      format, facts.duration.value_or(std::chrono::milliseconds{}), facts.length);
  std::size_t at = 0;
  const auto feed_until = [&](auto is_enough, auto take) {
    constexpr std::size_t step = 512;
    while (at < file.size() && !is_enough()) {
      const ByteView part = file.subspan(at, std::min(step, file.size() - at));
      framer->feed(part);
      at += part.size();
      while (const auto piece = framer->next()) take(*piece);
    }
  };
  const auto entry = media::entry_point(facts, from);
  const bool jumps = entry.offset > 0 && format != media::Format::opaque;
  if (jumps) {
    feed_until([&] { return framer->can_jump(); },
               [](const media::Piece& piece) {
                 if (piece.kind == media::Piece::Kind::header) print(piece);
               });
    framer->jump(entry.offset, entry.time);
    at = static_cast<std::size_t>(entry.offset);
  }
  feed_until([] { return false; }, print);
  framer->finish();
  while (const auto piece = framer->next()) print(*piece);
}

}  // namespace

int main(int argc, char** argv) {
  writes_bytes = argc > 2 && std::strcmp(argv[argc - 1], "--bytes") == 0;
  if (writes_bytes) --argc;
  double from_seconds = 0;
  const bool has_from = argc == 4 && std::strcmp(argv[2], "--from") == 0;
  const bool is_number =
      has_from &&
      std::from_chars(argv[3], argv[3] + std::strlen(argv[3]), from_seconds).ec == std::errc();
  if (argc != 2 && !is_number) {
    std::fprintf(stderr, "usage: %s FILE [--from SECONDS] [--bytes]\n", argv[0]);
    return 2;
  }
  const auto file = contents(argv[1]);
  if (!file) {
    std::fprintf(stderr, "%s cannot be read\n", argv[1]);
    return 1;
  }
  media::FileScan scan({}, file->size());
  if (!scan.update(*file)) {
    std::fprintf(stderr, "%s is longer than 16 GiB\n", argv[1]);
    return 1;
  }
  print_from(*file, scan.finish().facts,
             std::chrono::duration_cast<Duration>(std::chrono::duration<double>(from_seconds)));
  return 0;
}
