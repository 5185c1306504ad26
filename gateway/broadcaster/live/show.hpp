#pragma once

#include "core/media/framer.hpp"
#include "core/time/clock.hpp"
#include "gateway/broadcaster/live/part_cutter.hpp"
#include "gateway/broadcaster/live/recording.hpp"
#include "gateway/broadcaster/live/source_conversation.hpp"
#include "gateway/broadcaster/live/title_update.hpp"

#include <memory>
#include <optional>
#include <string>

namespace alluvium::broadcaster {

/// One source's show, from its first byte to its last: finds out what it sends, cuts it, and knows
/// what each part is called. Pure but for the recording, which the station gives it. Owned by the
/// station.
class Show {
 public:
  /// `began` has whole seconds, and names the show.
  Show(const SourceInfo& info, std::string station_title, WallTime began, Duration part_length);

  /// Whether shows of such a type can be cut, as far as that can be told from it.
  [[nodiscard]] static bool may_be_taken(const std::string& type);

  /// False if that is nothing that can be cut.
  [[nodiscard]] bool feed(ByteView bytes);
  void finish();
  /// The next part that is complete.
  [[nodiscard]] std::optional<Part> next();
  /// Holds from the sound on that comes now.
  void set_title(Title title);

  /// Of the part that `next` gave last: what it was called when it began.
  [[nodiscard]] const Title& title() const { return part_title_; }
  /// As file names have it: `20261123T200000Z`.
  [[nodiscard]] const std::string& stamp() const { return stamp_; }
  [[nodiscard]] WallTime began() const { return began_; }
  /// Known from the first part on.
  [[nodiscard]] const std::string& type() const { return type_; }
  [[nodiscard]] const char* extension() const;
  /// The parts so far.
  [[nodiscard]] std::size_t parts() const { return parts_; }
  /// Of the recordings, each in one piece, that the show consists of.
  [[nodiscard]] std::size_t recordings() const { return recordings_; }
  void begin_recording() { ++recordings_; }

  std::unique_ptr<Recording> recording;  ///< Null: it is not kept.
  std::optional<WallTime> heard_from;    ///< When its first part goes on air, once there is one.

 private:
  std::string declared_type_;
  WallTime began_;
  std::string stamp_;
  Duration part_length_;
  Bytes beginning_;  ///< Until it is known what it is.
  std::optional<PartCutter> cutter_;
  media::Format format_ = media::Format::opaque;
  std::string type_;
  Title title_;
  Title growing_title_;
  Title part_title_;
  std::size_t parts_ = 0;
  std::size_t recordings_ = 0;
  std::size_t received_bytes_ = 0;
};

}  // namespace alluvium::broadcaster
