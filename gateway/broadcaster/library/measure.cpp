#include "gateway/broadcaster/library/measure.hpp"

#include "core/base/text.hpp"
#include "core/media/file_scan.hpp"
#include "gateway/broadcaster/library/media_probe.hpp"

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <utility>

namespace alluvium::broadcaster {

namespace {

Result<media::ScannedFile> scan(const FoundFile& found, const std::string& type) {
  std::ifstream file(found.path, std::ios::binary);
  if (!file) return Error{"it cannot be read"};
  media::FileScan scan(type, found.stamp.length, media::FileScan::Hashes::tree);
  Bytes block(std::size_t{1} << 20);
  for (;;) {
    file.read(reinterpret_cast<char*>(block.data()), static_cast<std::streamsize>(block.size()));
    const auto count = static_cast<std::size_t>(file.gcount());
    if (!scan.update(ByteView(block).first(count))) return Error{"it is longer than 16 GiB"};
    if (file.eof()) return scan.finish();
    if (!file) return Error{"it cannot be read to its end"};
  }
}

std::string seconds(std::chrono::milliseconds duration) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f s",
                std::chrono::duration<double>(duration).count());
  return text.data();
}

constexpr const char* from_beginning =
    " can only be heard from its beginning: listeners join MP3, AAC, Ogg, WebM and MPEG transport "
    "streams in the middle, nothing else";
constexpr const char* by_estimate =
    " is joined at an estimated place, which is right as far as its bit rate is constant";

}  // namespace

Result<Measurement> measure(const FoundFile& found) {
  const auto probed = probe_media(found.path);
  if (!probed) return probed.error();
  auto scanned = scan(found, probed->type);
  if (!scanned) return scanned.error();

  Measurement result{.file = {}, .facts = {}, .row = std::move(scanned->row), .notes = {}};
  const std::string name = printable(found.name);
  media::FileFacts& facts = scanned->facts;
  if (probed->has_late_index) {
    result.notes.push_back(
        name +
        " has its index at its end, so that no player can play it while it "
        "comes: `ffmpeg -i FILE -c copy -movflags +faststart NEW` puts it first");
  }
  if (!facts.duration) {
    result.notes.push_back(name + (facts.type == "video/mp2t" ? by_estimate : from_beginning));
    facts.duration = probed->duration;
  } else if (std::chrono::abs(*facts.duration - probed->duration) > std::chrono::seconds(1)) {
    // What listeners hear goes by the frames. libavformat hears the first of a chain of codecs.
    result.notes.push_back(name + " is odd: its frames last " + seconds(*facts.duration) +
                           ", which is what counts, its container says " +
                           seconds(probed->duration));
  }
  if (facts.duration->count() <= 0) return Error{"it has no duration"};
  if (facts.length != found.stamp.length || stamp_of(found.path) != found.stamp) {
    return Error{"it was being written while it was read; run this again when it is complete"};
  }

  const std::string stem = std::filesystem::path(found.name).stem().string();
  result.file.name = found.name;
  result.file.title = probed->title.empty() ? valid_utf8(stem) : probed->title;
  result.file.creator = probed->creator;
  result.file.album = probed->album;
  result.file.disc = probed->disc;
  result.file.track = probed->track;
  result.file.sample_rate = probed->sample_rate;
  result.file.facts = FileOutline(facts);
  result.facts = std::move(facts);
  return result;
}

}  // namespace alluvium::broadcaster
