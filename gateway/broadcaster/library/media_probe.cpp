#include "gateway/broadcaster/library/media_probe.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

extern "C" {
#include <libavformat/avformat.h>
}

namespace alluvium::broadcaster {

namespace {

struct CloseInput {
  void operator()(AVFormatContext* context) const { avformat_close_input(&context); }
};
using Input = std::unique_ptr<AVFormatContext, CloseInput>;

struct FreePacket {
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};
using Packet = std::unique_ptr<AVPacket, FreePacket>;

/// Containers that are opened at all: among the others are lists that would open addresses.
struct Container {
  std::string_view name;  ///< As libavformat calls it.
  std::string_view sound_type;
  std::string_view video_type;
};
constexpr std::array containers = {
    Container{"mp3", "audio/mpeg", "audio/mpeg"},
    Container{"ogg", "audio/ogg", "video/ogg"},
    Container{"aac", "audio/aac", "audio/aac"},
    Container{"flac", "audio/flac", "audio/flac"},
    Container{"wav", "audio/wav", "audio/wav"},
    Container{"aiff", "audio/aiff", "audio/aiff"},
    Container{"mov,mp4,m4a,3gp,3g2,mj2", "audio/mp4", "video/mp4"},
    Container{"matroska,webm", "audio/x-matroska", "video/x-matroska"},
    Container{"mpegts", "video/mp2t", "video/mp2t"},
    Container{"asf", "audio/x-ms-wma", "video/x-ms-asf"},
    Container{"avi", "video/x-msvideo", "video/x-msvideo"},
    Container{"flv", "video/x-flv", "video/x-flv"},
    Container{"nsv", "video/nsv", "video/nsv"},
};

Input open(const std::filesystem::path& path) {
  std::string allowed;
  for (const Container& container : containers) {
    if (!allowed.empty()) allowed += ',';
    allowed += container.name;
  }
  AVDictionary* settings = nullptr;
  av_dict_set(&settings, "protocol_whitelist", "file", 0);
  av_dict_set(&settings, "format_whitelist", allowed.c_str(), 0);
  AVFormatContext* context = nullptr;
  // With the prefix a name such as "http:x" is still that of a file.
  const int status =
      avformat_open_input(&context, ("file:" + path.string()).c_str(), nullptr, &settings);
  av_dict_free(&settings);
  return Input(status == 0 ? context : nullptr);
}

/// A cover is a picture among the tags, not a film.
bool is_film(const AVStream& stream) {
  return stream.codecpar->codec_type == AVMEDIA_TYPE_VIDEO &&
         (stream.disposition & AV_DISPOSITION_ATTACHED_PIC) == 0;
}

bool is_sound(const AVStream& stream) {
  return stream.codecpar->codec_type == AVMEDIA_TYPE_AUDIO;
}

std::span<AVStream* const> streams_of(const AVFormatContext& context) {
  return {context.streams, context.nb_streams};
}

std::string_view type_of(const AVFormatContext& context) {
  const auto streams = streams_of(context);
  const bool shows = std::any_of(streams.begin(), streams.end(),
                                 [](const AVStream* stream) { return is_film(*stream); });
  for (const Container& container : containers) {
    if (container.name != context.iformat->name) continue;
    return shows ? container.video_type : container.sound_type;
  }
  return {};
}

/// Ogg keeps its tags with the stream, the others with the file.
std::string tag(const AVFormatContext& context, const AVStream& stream, const char* key) {
  for (const AVDictionary* tags : {context.metadata, stream.metadata}) {
    const AVDictionaryEntry* entry = av_dict_get(tags, key, nullptr, 0);
    if (entry == nullptr) continue;
    std::string text = valid_utf8(entry->value);
    for (char& c : text) {
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    }
    if (!trimmed(text).empty()) return std::string(trimmed(text));
  }
  return {};
}

/// The number that a tag begins with, as in `3/12`; 0 if there is none.
std::uint32_t number_tag(const AVFormatContext& context, const AVStream& stream, const char* key) {
  constexpr std::uint64_t highest = 99'999;
  const std::string text = tag(context, stream, key);
  const auto number = parse_uint(trimmed(std::string_view(text).substr(0, text.find('/'))));
  return number && *number <= highest ? static_cast<std::uint32_t>(*number) : 0;
}

/// How long one stream is, as its packets tell it.
struct Extent {
  std::int64_t sum = 0;  ///< Of the durations, in the stream's own unit.
  bool is_sum_whole = true;
  std::int64_t first = INT64_MAX;
  std::int64_t end = INT64_MIN;

  void add(const AVPacket& packet) {
    const std::int64_t duration = std::max<std::int64_t>(packet.duration, 0);
    sum += duration;
    is_sum_whole = is_sum_whole && duration > 0;
    if (packet.pts == AV_NOPTS_VALUE) return;
    first = std::min(first, packet.pts);
    end = std::max(end, packet.pts + duration);
  }
  /// Sound has no holes, and its packets know how long they are, whatever their times are; of
  /// pictures, and where packets do not know, first and last tell.
  [[nodiscard]] std::int64_t length(bool has_holes) const {
    return (is_sum_whole && !has_holes) || end < first ? sum : end - first;
  }
};

std::chrono::milliseconds longest_stream(AVFormatContext& context) {
  std::vector<Extent> extents(context.nb_streams);
  const Packet packet(av_packet_alloc());
  while (packet && av_read_frame(&context, packet.get()) >= 0) {
    // Streams may come up later than the file's beginning.
    extents.resize(context.nb_streams);
    extents[static_cast<std::size_t>(packet->stream_index)].add(*packet);
    av_packet_unref(packet.get());
  }
  std::chrono::milliseconds longest{};
  for (std::size_t i = 0; i < extents.size(); ++i) {
    const AVStream& stream = *context.streams[i];
    if (!is_sound(stream) && !is_film(stream)) continue;
    const std::int64_t length = extents[i].length(is_film(stream));
    longest = std::max(longest, std::chrono::milliseconds(
                                    av_rescale_q(length, stream.time_base, AVRational{1, 1000})));
  }
  return longest;
}

/// Whether of the boxes of an MPEG-4 file (ISO 14496-12, 4.2) the media come before their index.
bool has_late_index(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::array<unsigned char, 16> head{};
  constexpr std::size_t short_head = 8;
  constexpr std::size_t large_size = 1;
  while (file.read(reinterpret_cast<char*>(head.data()), short_head)) {
    const std::string_view name(reinterpret_cast<const char*>(head.data()) + 4, 4);
    if (name == "moov" || name == "moof") return false;
    if (name == "mdat") return true;
    std::uint64_t size = 0;
    for (std::size_t i = 0; i < 4; ++i) size = size << 8 | head[i];
    std::uint64_t read = short_head;
    if (size == large_size && file.read(reinterpret_cast<char*>(head.data()) + 8, 8)) {
      size = 0;
      for (std::size_t i = 8; i < 16; ++i) size = size << 8 | head[i];
      read = head.size();
    }
    if (size < read || size > INT64_MAX) return false;
    file.seekg(static_cast<std::streamoff>(size - read), std::ios::cur);
  }
  return false;
}

}  // namespace

Result<ProbedFile> probe_media(const std::filesystem::path& path) {
  av_log_set_level(AV_LOG_QUIET);
  const Input input = open(path);
  if (!input || avformat_find_stream_info(input.get(), nullptr) < 0) {
    return Error{"it is neither sound nor video of a known format"};
  }
  const auto streams = streams_of(*input);
  auto main = std::find_if(streams.begin(), streams.end(),
                           [](const AVStream* stream) { return is_sound(*stream); });
  if (main == streams.end()) {
    main = std::find_if(streams.begin(), streams.end(),
                        [](const AVStream* stream) { return is_film(*stream); });
  }
  if (main == streams.end()) return Error{"there is neither sound nor video in it"};

  ProbedFile file;
  file.type = type_of(*input);
  file.title = tag(*input, **main, "title");
  file.creator = tag(*input, **main, "artist");
  file.album = tag(*input, **main, "album");
  file.disc = number_tag(*input, **main, "disc");
  file.track = number_tag(*input, **main, "track");
  file.sample_rate = static_cast<std::uint32_t>(std::max((*main)->codecpar->sample_rate, 0));
  file.has_late_index = file.type.ends_with("/mp4") && has_late_index(path);
  file.duration = longest_stream(*input);
  return file;
}

}  // namespace alluvium::broadcaster
