#pragma once

#include "core/media/file_facts.hpp"
#include "core/media/framer.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

namespace alluvium::media {

/// Measures a file by its pieces: how long it is and where each second begins. Owned by whoever
/// reads the file.
class SecondsIndexer {
 public:
  explicit SecondsIndexer(std::unique_ptr<Framer> framer);

  /// The file's bytes, in order, in portions of any size.
  void feed(ByteView bytes);
  /// There are no more; then the answers below are whole.
  void finish();

  [[nodiscard]] const SecondsIndex& seconds() const { return seconds_; }
  [[nodiscard]] const std::vector<LinkStart>& links() const { return links_; }
  /// Where the last piece ends, rounded to the millisecond.
  [[nodiscard]] std::chrono::milliseconds duration() const;

 private:
  void drain();
  void fill_before(Duration time, std::uint64_t offset);

  std::unique_ptr<Framer> framer_;
  SecondsIndex seconds_;
  std::vector<LinkStart> links_;
  std::optional<std::uint64_t> last_entry_;
  Duration end_{};
};

}  // namespace alluvium::media
