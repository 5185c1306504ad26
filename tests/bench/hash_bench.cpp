#include "core/base/bytes.hpp"
#include "core/base/random.hpp"
#include "core/hash/digest.hpp"
#include "core/hash/tree.hpp"
#include "core/media/file_scan.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

namespace alluvium {
namespace {

constexpr std::size_t megabyte = 1'000'000;
constexpr std::size_t piece = 64 * 1024;  // What a socket or a disk gives at a time.
constexpr int rounds = 3;

/// MP3 frames (128 kbit/s, 44.1 kHz, unpadded) of nothing but noise.
Bytes noisy_frames(std::size_t size) {
  constexpr std::array<std::uint8_t, 4> header = {0xff, 0xfb, 0x90, 0x00};
  constexpr std::size_t frame = 417;
  Random random(1);
  Bytes bytes(size - size % frame);
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random.next());
  for (auto at = bytes.begin(); at != bytes.end(); at += frame) std::ranges::copy(header, at);
  return bytes;
}

/// The best of some rounds over the same bytes, in MB/s.
template <typename Pass>
void measure(const char* name, ByteView bytes, Pass pass) {
  double best = 0;
  for (int i = 0; i < rounds; ++i) {
    const auto began = std::chrono::steady_clock::now();
    pass(bytes);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - began;
    best = std::max(best, static_cast<double>(bytes.size()) / megabyte / taken.count());
  }
  std::printf("%-44s %8.0f MB/s\n", name, best);
}

template <typename Sink>
void feed(Sink& sink, ByteView bytes) {
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    static_cast<void>(sink.update(bytes.subspan(at, std::min(piece, bytes.size() - at))));
  }
}

}  // namespace
}  // namespace alluvium

int main() {
  using namespace alluvium;
  const Bytes bytes = noisy_frames(200 * megabyte);
  measure("plain SHA-256 (hash::Sha256)", bytes, [](ByteView all) {
    hash::Sha256 plain;
    feed(plain, all);
    static_cast<void>(plain.finish());
  });
  measure("hash tree (hash::TreeBuilder)", bytes, [](ByteView all) {
    hash::TreeBuilder tree;
    feed(tree, all);
    static_cast<void>(tree.finish());
  });
  measure("tree, digests, pieces, frames (FileScan)", bytes, [](ByteView all) {
    media::FileScan scan("audio/mpeg");
    feed(scan, all);
    static_cast<void>(scan.finish());
  });
}
