#include "gateway/broadcaster/media_probe.hpp"

#include "core/base/text.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

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
  std::string_view type;
};
constexpr std::array containers = {
    Container{"mp3", "audio/mpeg"},
    Container{"ogg", "audio/ogg"},
    Container{"aac", "audio/aac"},
    Container{"flac", "audio/flac"},
    Container{"wav", "audio/wav"},
    Container{"aiff", "audio/aiff"},
    Container{"mov,mp4,m4a,3gp,3g2,mj2", "audio/mp4"},
    Container{"matroska,webm", "audio/x-matroska"},
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

std::string_view type_of(const AVFormatContext& context) {
  for (const Container& container : containers) {
    if (container.name == context.iformat->name) return container.type;
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

std::chrono::milliseconds sum_of_packets(AVFormatContext& context, int stream) {
  const Packet packet(av_packet_alloc());
  std::int64_t units = 0;
  while (packet && av_read_frame(&context, packet.get()) >= 0) {
    if (packet->stream_index == stream && packet->duration > 0) units += packet->duration;
    av_packet_unref(packet.get());
  }
  const AVRational base = context.streams[stream]->time_base;
  return std::chrono::milliseconds(av_rescale_q(units, base, AVRational{1, 1000}));
}

}  // namespace

Result<ProbedFile> probe_media(const std::filesystem::path& path) {
  av_log_set_level(AV_LOG_QUIET);
  const Input input = open(path);
  if (!input || avformat_find_stream_info(input.get(), nullptr) < 0) {
    return Error{"it is not sound of a known format"};
  }
  const int index = av_find_best_stream(input.get(), AVMEDIA_TYPE_AUDIO, -1, -1, nullptr, 0);
  if (index < 0) return Error{"there is no sound in it"};
  const AVStream& stream = *input->streams[index];

  ProbedFile file;
  file.type = type_of(*input);
  file.title = tag(*input, stream, "title");
  file.creator = tag(*input, stream, "artist");
  file.duration = sum_of_packets(*input, index);
  return file;
}

}  // namespace alluvium::broadcaster
