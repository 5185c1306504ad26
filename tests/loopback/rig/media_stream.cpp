/// Writes to its output what a player would get of several files one behind the other, with the
/// means of core/media: pieces, silence, and what guards the seams.
///
///     media-stream [--bare] [--duration SECONDS] SEGMENT...
///
/// A segment is FILE, FILE@FROM or FILE@FROM-TO with seconds of the file's time, or silence:COUNT
/// for so many silent frames in the format of what came before, or silence:COUNT:HEX with a header
/// of four bytes. With --bare nothing guards the seams. To stderr goes the time of each file's
/// first piece of media, in milliseconds.

#include "core/media/file_scan.hpp"
#include "core/media/framer.hpp"
#include "core/media/ogg_serials.hpp"
#include "core/media/reservoir.hpp"
#include "core/media/silence.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace alluvium;

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "media-stream: %s\n", why.c_str());
  std::exit(2);
}

Duration seconds(const std::string& text) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(std::stod(text)));
}

/// The stream as it is being written.
class Stream {
 public:
  Stream(bool is_bare, Duration fallback) : is_bare_(is_bare), fallback_(fallback) {}
  void play(const std::string& path, Duration from, Duration to);
  void silence(std::size_t count, const Bytes& header);

 private:
  void write(const Slice& bytes) { std::fwrite(bytes.view().data(), 1, bytes.size(), stdout); }
  void write(media::Format format, const media::Piece& piece);

  bool is_bare_;
  Duration fallback_;
  media::ReservoirGuard reservoir_;
  media::OggSerials serials_;
  Slice last_frame_;
};

void Stream::play(const std::string& path, Duration from, Duration to) {
  std::ifstream input(path, std::ios::binary);
  if (!input) give_up(path + " cannot be read");
  const Bytes file(std::istreambuf_iterator<char>(input), {});
  media::FileScan scan({}, file.size());
  if (!scan.update(file)) give_up(path + " is too long");
  media::FileFacts facts = scan.finish().facts;
  if (!facts.duration) {
    facts.duration = std::chrono::duration_cast<std::chrono::milliseconds>(fallback_);
  }
  const auto format = media::format_of(facts.type, file);
  const auto framer = media::make_framer(format, *facts.duration, file.size());
  reservoir_.restart();
  serials_.begin_file();

  std::size_t at = 0;
  const auto more = [&] {
    constexpr std::size_t step = 4'096;
    if (at == file.size()) framer->finish();
    const ByteView part = ByteView(file).subspan(at, std::min(step, file.size() - at));
    framer->feed(part);
    at += part.size();
    return !part.empty();
  };
  // Headers wait for media: those of a link that is left again mean nothing.
  std::vector<media::Piece> headers;
  const auto hold = [&](media::Piece header) {
    if (header.begins_link) headers.clear();
    headers.push_back(std::move(header));
  };
  const auto read_until_can_jump = [&] {
    while (!framer->can_jump()) {
      if (auto piece = framer->next()) {
        hold(std::move(*piece));
      } else if (!more()) {
        give_up(path + " cannot be entered");
      }
    }
  };
  const auto jump = [&](std::uint64_t offset, Duration time) {
    framer->jump(offset, time);
    at = static_cast<std::size_t>(offset);
  };
  const bool enters = from > Duration{};
  if (enters) {
    read_until_can_jump();
    const auto entry = media::entry_point(facts, from);
    jump(entry.offset, entry.time);
    if (entry.further) {
      read_until_can_jump();
      jump(entry.further->offset, entry.further->time);
    }
  }
  // What a player must have from the last place before `from` where it can begin.
  std::vector<media::Piece> run_up;
  bool has_begun = false;
  for (bool is_fed = false;;) {
    auto piece = framer->next();
    if (!piece && is_fed) break;
    if (!piece) {
      is_fed = !more();
      continue;
    }
    if (piece->start >= to) break;
    if (piece->kind == media::Piece::Kind::header) {
      hold(std::move(*piece));
      continue;
    }
    if (!has_begun) {
      if (piece->is_entry) run_up.clear();
      const bool is_over = enters && piece->start + piece->duration <= from;
      run_up.push_back(std::move(*piece));
      if (is_over || !run_up.front().is_entry) continue;
      has_begun = true;
      std::fprintf(stderr, "%.3f\n", static_cast<double>(run_up.front().start.count()) / 1000);
    } else {
      run_up.push_back(std::move(*piece));
    }
    for (const auto& each : std::exchange(headers, {})) write(format, each);
    for (const auto& each : std::exchange(run_up, {})) write(format, each);
  }
}

void Stream::write(media::Format format, const media::Piece& piece) {
  last_frame_ = piece.bytes;
  if (is_bare_) return write(piece.bytes);
  if (format == media::Format::mp3) return write(reservoir_.pass(piece.bytes));
  if (format == media::Format::ogg) return write(serials_.pass(piece.bytes));
  write(piece.bytes);
}

void Stream::silence(std::size_t count, const Bytes& header) {
  const Slice frame(media::silent_mpeg_frame(header.empty() ? last_frame_.view() : header));
  for (std::size_t i = 0; i < count; ++i) write(frame);
}

void play_segment(Stream& stream, const std::string& segment) {
  constexpr std::string_view silence = "silence:";
  if (segment.starts_with(silence)) {
    const std::size_t colon = segment.find(':', silence.size());
    Bytes header;
    for (std::size_t i = colon; i != std::string::npos && i + 2 < segment.size(); i += 2) {
      header.push_back(
          static_cast<std::uint8_t>(std::stoul(segment.substr(i + 1, 2), nullptr, 16)));
    }
    return stream.silence(std::stoul(segment.substr(silence.size())), header);
  }
  const std::size_t at = segment.find('@');
  if (at == std::string::npos) return stream.play(segment, {}, Duration::max());
  const std::size_t dash = segment.find('-', at);
  const bool has_end = dash != std::string::npos && dash + 1 < segment.size();
  stream.play(segment.substr(0, at), seconds(segment.substr(at + 1)),
              has_end ? seconds(segment.substr(dash + 1)) : Duration::max());
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  bool is_bare = false;
  Duration fallback{};
  auto argument = arguments.begin();
  for (; argument != arguments.end() && argument->starts_with("--"); ++argument) {
    if (*argument == "--bare") {
      is_bare = true;
    } else if (*argument == "--duration" && argument + 1 != arguments.end()) {
      fallback = seconds(*++argument);
    } else {
      give_up("there is no option " + *argument);
    }
  }
  Stream stream(is_bare, fallback);
  for (; argument != arguments.end(); ++argument) play_segment(stream, *argument);
  return 0;
}
