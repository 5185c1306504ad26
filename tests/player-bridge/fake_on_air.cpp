#include "tests/player-bridge/fake_on_air.hpp"

#include "core/media/file_scan.hpp"
#include "tests/core/media/samples.hpp"

#include <utility>

namespace alluvium::bridge::test {

using std::chrono::milliseconds;
using std::chrono::seconds;

void FakeFile::lack_all() {
  for (std::uint32_t i = 0; i < hash::ChunkLayout(bytes.size()).count(); ++i) missing.insert(i);
}

class FakeOnAir::Item final : public swarm::OnAirItem {
 public:
  Item(const FakeFile& file, playlist::Item item, swarm::Need& need)
      : file_(file), item_(std::move(item)), need_(need) {}

  const playlist::Item& item() const override { return item_; }
  bool is_known() const override { return file_.is_known; }
  std::string type() const override { return file_.type; }
  const media::FileFacts& facts() const override { return file_.facts; }
  std::optional<std::uint64_t> length() const override { return file_.bytes.size(); }
  std::optional<Slice> read(hash::ChunkIndex index) override {
    if (file_.missing.contains(index.value)) return std::nullopt;
    const ByteRange range = hash::ChunkLayout(file_.bytes.size()).bytes_of(index);
    return Slice(to_bytes(ByteView(file_.bytes).subspan(range.begin, range.size())));
  }
  void set_need(const swarm::Need& need) override { need_ = need; }

 private:
  const FakeFile& file_;
  playlist::Item item_;
  swarm::Need& need_;
};

FakeOnAir::FakeOnAir() = default;
FakeOnAir::~FakeOnAir() = default;

std::string FakeOnAir::url_of(const std::string& title) {
  return "http://station.example/" + title + ".mp3";
}

FakeFile& FakeOnAir::add(const std::string& title, FakeFile file, milliseconds planned) {
  playlist::Item item{.url = *http::Url::parse(url_of(title))};
  item.title = title;
  item.duration = planned;
  if (playlist_.items.empty()) item.start = begin;
  playlist_.items.push_back(item);
  auto& kept = files_[url_of(title)];
  kept = std::make_shared<FakeFile>(std::move(file));
  replace(playlist::Playlist(playlist_));
  return *kept;
}

void FakeOnAir::replace(const playlist::Playlist& playlist) {
  playlist_ = playlist;
  schedule_ = std::make_unique<playlist::Schedule>(playlist_);
}

const playlist::Item* FakeOnAir::at_hand(const playlist::Slot& slot) const {
  const auto there = schedule_->on_air(slot.heard_from());
  if (!there || there->start != slot.start || there->item != slot.item) return nullptr;
  if (slot.heard_from() > now_ + seconds(30) || (there->end && now_ >= *there->end + seconds(3))) {
    return nullptr;
  }
  return &playlist_.items[slot.item];
}

swarm::OnAirItem* FakeOnAir::on_air_item(const playlist::Slot& slot) {
  const playlist::Item* const item = at_hand(slot);
  if (item == nullptr) return nullptr;
  auto& kept = items_[item->url.text()];
  if (!kept || kept->item() != *item) {
    kept = std::make_unique<Item>(*files_.at(item->url.text()), *item, need_);
  }
  return kept.get();
}

std::unique_ptr<swarm::OnAirItem> FakeOnAir::another_reader(const playlist::Slot& slot) {
  const playlist::Item* const item = at_hand(slot);
  if (item == nullptr) return nullptr;
  return std::make_unique<Item>(*files_.at(item->url.text()), *item, other_need_);
}

void Recorder::take() {
  const Timeline& timeline = programme_.timeline();
  for (next_ = std::max(next_, timeline.first()); next_ < timeline.end(); ++next_) {
    pieces_.push_back(timeline.piece(next_));
  }
}

std::vector<TimedPiece> Recorder::of(const std::string& title) const {
  std::vector<TimedPiece> found;
  for (const TimedPiece& piece : pieces_) {
    if (piece.track->title == title) found.push_back(piece);
  }
  return found;
}

std::string Recorder::bytes_of(const std::string& title) const {
  std::string bytes;
  for (const TimedPiece& piece : of(title)) bytes += as_text(piece.piece.bytes.view());
  return bytes;
}

void Station::turn() {
  programme.step();
  recorder.take();
}

void Station::run_for(milliseconds span) {
  for (milliseconds done{0}; done < span; done += milliseconds(50)) {
    turn();
    on_air.advance(milliseconds(50));
  }
}

std::vector<Bytes> frames_for(milliseconds duration, std::uint8_t mark) {
  const auto count = static_cast<std::size_t>((duration.count() * 44'100 + 576'000) / 1'152'000);
  std::vector<Bytes> frames;
  for (std::size_t i = 0; i < count; ++i) {
    frames.push_back(media::samples::mp3_frame(9, mark));
    // Needs no bits of the frames before.
    frames.back()[4] = frames.back()[5] = 0;
    frames.back()[50] = static_cast<std::uint8_t>(i & 127);
    frames.back()[51] = static_cast<std::uint8_t>(i >> 7);
  }
  return frames;
}

FakeFile scanned_file(Bytes bytes, const std::string& type) {
  media::FileScan scan(type, bytes.size());
  static_cast<void>(scan.update(bytes));
  FakeFile file;
  file.type = type;
  file.facts = scan.finish().facts;
  file.bytes = std::move(bytes);
  return file;
}

FakeFile opaque_file(std::size_t bytes, std::uint8_t mark) {
  FakeFile file{.bytes = Bytes(bytes, mark), .type = "audio/x-mystery", .facts = {}};
  for (std::size_t i = 0; i < bytes; ++i) {
    // No byte of a frame's sync word.
    file.bytes[i] = static_cast<std::uint8_t>((i / 7 & 31) + mark * 32u);
  }
  return file;
}

FakeFile mp3_file(milliseconds duration, std::uint8_t mark) {
  return scanned_file(media::samples::joined(frames_for(duration, mark)), "audio/mpeg");
}

}  // namespace alluvium::bridge::test
