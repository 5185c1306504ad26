#pragma once

#include "core/swarm/on_air.hpp"
#include "player-bridge/programme.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace alluvium::bridge::test {

/// What a file is to whoever asks for it. Value type.
struct FakeFile {
  Bytes bytes;
  std::string type = "audio/mpeg";
  media::FileFacts facts;
  bool is_known = true;
  std::set<std::uint32_t> missing;  ///< Chunks that are not at hand yet.

  void lack_all();
};

/// A station whose clock and bytes are the test's. Like the engine it knows the slot on air, the
/// next one from half a minute before it begins, and one that has just ended.
class FakeOnAir final : public swarm::OnAir {
 public:
  FakeOnAir();
  ~FakeOnAir() override;
  FakeOnAir(const FakeOnAir&) = delete;
  FakeOnAir& operator=(const FakeOnAir&) = delete;

  /// Adds an item behind the others and returns its file. `planned` is the item's `mm:duration`.
  FakeFile& add(const std::string& title, FakeFile file, std::chrono::milliseconds planned);
  /// The playlist as it is to be from now on.
  void replace(const playlist::Playlist& playlist);
  [[nodiscard]] playlist::Playlist& playlist() { return playlist_; }
  [[nodiscard]] FakeFile& file(const std::string& title) { return *files_.at(url_of(title)); }
  [[nodiscard]] static std::string url_of(const std::string& title);

  /// The playlist's anchor: the first item begins here.
  static constexpr WallTime begin{std::chrono::seconds(1'704'067'200)};
  void set_now(WallTime now) { now_ = now; }
  void advance(std::chrono::milliseconds by) { now_ += by; }
  [[nodiscard]] const swarm::Need& need() const { return need_; }

  [[nodiscard]] WallTime programme_now() const override { return now_; }
  [[nodiscard]] const playlist::Schedule* schedule() const override { return schedule_.get(); }
  [[nodiscard]] swarm::OnAirItem* on_air_item(const playlist::Slot& slot) override;
  [[nodiscard]] std::unique_ptr<swarm::OnAirItem> another_reader(
      const playlist::Slot& slot) override;

 private:
  class Item;
  [[nodiscard]] const playlist::Item* at_hand(const playlist::Slot& slot) const;

  WallTime now_ = begin;
  playlist::Playlist playlist_;
  std::unique_ptr<playlist::Schedule> schedule_;
  std::map<std::string, std::shared_ptr<FakeFile>> files_;
  std::map<std::string, std::unique_ptr<Item>> items_;
  swarm::Need need_;
  swarm::Need other_need_;
};

/// Takes every piece as a player that is always there would.
class Recorder {
 public:
  explicit Recorder(const Programme& programme)
      : programme_(programme), next_(programme.timeline().first()) {}
  void take();
  [[nodiscard]] const std::vector<TimedPiece>& pieces() const { return pieces_; }
  [[nodiscard]] std::vector<TimedPiece> of(const std::string& title) const;
  [[nodiscard]] std::string bytes_of(const std::string& title) const;

 private:
  const Programme& programme_;
  std::uint64_t next_;
  std::vector<TimedPiece> pieces_;
};

/// A programme that turns every 50 ms.
struct Station {
  FakeOnAir on_air;
  Programme programme{on_air};
  Recorder recorder{programme};

  void turn();
  void run_for(std::chrono::milliseconds span);
};

/// Frames of 128 kbit/s for `duration`, rounded, each different from any other of any file.
[[nodiscard]] std::vector<Bytes> frames_for(std::chrono::milliseconds duration, std::uint8_t mark);
/// A file of such frames, with the facts a scan finds.
[[nodiscard]] FakeFile mp3_file(std::chrono::milliseconds duration, std::uint8_t mark);
/// A file of no known format; `mark` is 0 to 6.
[[nodiscard]] FakeFile opaque_file(std::size_t bytes, std::uint8_t mark);
/// Any file, with the facts a scan finds.
[[nodiscard]] FakeFile scanned_file(Bytes bytes, const std::string& type);

}  // namespace alluvium::bridge::test
