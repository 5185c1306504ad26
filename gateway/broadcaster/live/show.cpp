#include "gateway/broadcaster/live/show.hpp"

#include "core/time/w3cdtf.hpp"

#include <utility>

namespace alluvium::broadcaster {

namespace {

/// So much of a recording tells what it is.
constexpr std::size_t sniffed_bytes = 4'096;

/// `20261123T200000Z`
std::string file_stamp(WallTime second) {
  std::string text = format_w3cdtf(second);
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

}  // namespace

Show::Show(const SourceInfo& info, std::string station_title, WallTime began, Duration part_length)
    : declared_type_(info.type),
      began_(began),
      stamp_(file_stamp(began)),
      part_length_(part_length),
      title_{info.name.empty() ? std::move(station_title) : info.name, {}},
      growing_title_(title_) {}

bool Show::may_be_taken(const std::string& type) {
  const media::Format format = media::format_of(type, {});
  return format == media::Format::opaque || PartCutter::can_cut(format);
}

bool Show::feed(ByteView bytes) {
  received_bytes_ += bytes.size();
  if (cutter_) {
    cutter_->feed(bytes);
    return true;
  }
  beginning_.insert(beginning_.end(), bytes.begin(), bytes.end());
  const bool is_declared = PartCutter::can_cut(media::format_of(declared_type_, {}));
  if (!is_declared && beginning_.size() < sniffed_bytes) return true;
  format_ = media::format_of(declared_type_, beginning_);
  if (!PartCutter::can_cut(format_)) return false;
  cutter_.emplace(format_, part_length_);
  cutter_->feed(std::exchange(beginning_, {}));
  return true;
}

void Show::finish() {
  if (cutter_) cutter_->finish();
}

std::optional<Part> Show::next() {
  auto part = cutter_ ? cutter_->next() : std::nullopt;
  if (!part) return part;
  ++parts_;
  part_title_ = std::exchange(growing_title_, title_);
  // Of Ogg it depends on what is in it.
  if (format_ == media::Format::ogg) {
    type_ = media::sniffed_type(part->bytes);
  } else {
    type_ = format_ == media::Format::mp3 ? "audio/mpeg" : "audio/aac";
  }
  return part;
}

void Show::set_title(Title title) {
  title_ = std::move(title);
  if (parts_ == 0 && received_bytes_ == 0) growing_title_ = title_;
}

const char* Show::extension() const {
  if (format_ == media::Format::mp3) return ".mp3";
  if (format_ == media::Format::adts) return ".aac";
  return type_ == "video/ogg" ? ".ogv" : ".ogg";
}

}  // namespace alluvium::broadcaster
