/// Writes to standard output what a player gets of a station whose items are local files, played
/// over and over, as fast as it is taken: the programme's own clock is virtual.
///
///     stream_station [--icy] SECONDS FILE[=SECONDS]...
///
/// Each file is on for as long as it lasts, or for as many seconds as are said; its name is its
/// title. With `--icy` the stream carries titles, a block every 8192 bytes. Where the stream
/// ends before SECONDS are over, because what comes next cannot follow in one connection, it says
/// so and exits with status 3.

#include "core/media/file_scan.hpp"
#include "player-bridge/mount.hpp"

#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace alluvium;
using std::chrono::milliseconds;

struct LocalFile {
  Bytes bytes;
  media::FileFacts facts;
};

/// One file of the folder, wholly at hand.
class LocalItem final : public swarm::OnAirItem {
 public:
  LocalItem(const LocalFile& file, playlist::Item item) : file_(file), item_(std::move(item)) {}

  const playlist::Item& item() const override { return item_; }
  bool is_known() const override { return true; }
  std::string type() const override { return file_.facts.type; }
  const media::FileFacts& facts() const override { return file_.facts; }
  std::optional<std::uint64_t> length() const override { return file_.bytes.size(); }
  std::optional<Slice> read(hash::ChunkIndex index) override {
    const ByteRange range = hash::ChunkLayout(file_.bytes.size()).bytes_of(index);
    return Slice(to_bytes(ByteView(file_.bytes).subspan(range.begin, range.size())));
  }
  void set_need(const swarm::Need&) override {}

 private:
  const LocalFile& file_;
  playlist::Item item_;
};

/// The station: a loop of the files, in the order in which they were added.
class LocalAir final : public swarm::OnAir {
 public:
  /// False if it cannot be read or `planned` is missing for a file whose duration nobody can tell.
  [[nodiscard]] bool add(const std::string& path, std::optional<milliseconds> planned) {
    std::ifstream stream(path, std::ios::binary);
    if (!stream) return false;
    LocalFile& file = files_[path];
    file.bytes.assign(std::istreambuf_iterator<char>(stream), {});
    media::FileScan scan({}, file.bytes.size());
    if (!scan.update(file.bytes)) return false;
    file.facts = scan.finish().facts;
    playlist::Item item{.url = *http::Url::parse("http://localhost/" + std::to_string(count_++))};
    item.title = path.substr(path.rfind('/') + 1);
    item.duration = planned ? planned : file.facts.duration;
    items_.emplace_back(file, item);
    playlist_.items.push_back(std::move(item));
    playlist_.anchor = now_;
    return playlist_.items.back().duration.has_value();
  }
  void open() { schedule_.emplace(playlist_); }
  void advance(milliseconds by) { now_ += by; }

  [[nodiscard]] WallTime programme_now() const override { return now_; }
  [[nodiscard]] const playlist::Schedule* schedule() const override {
    return schedule_ ? &*schedule_ : nullptr;
  }
  [[nodiscard]] swarm::OnAirItem* on_air_item(const playlist::Slot& slot) override {
    return &items_[slot.item];
  }
  [[nodiscard]] std::unique_ptr<swarm::OnAirItem> another_reader(
      const playlist::Slot& slot) override {
    return std::make_unique<LocalItem>(items_[slot.item]);
  }

 private:
  WallTime now_{std::chrono::seconds(1'704'067'200)};
  std::map<std::string, LocalFile> files_;
  std::vector<LocalItem> items_;
  playlist::Playlist playlist_;
  std::optional<playlist::Schedule> schedule_;
  std::size_t count_ = 0;
};

/// A player that takes everything at once.
class StandardOutput final : public http::Responder {
 public:
  void send(http::Response) override { has_ended_ = true; }
  void begin(http::ResponseHead, std::optional<std::uint64_t>) override {}
  void write(Slice bytes) override {
    const ByteView view = bytes.view();
    if (std::fwrite(view.data(), 1, view.size(), stdout) < view.size()) has_ended_ = true;
  }
  void end() override { has_ended_ = true; }
  void abort() override { has_ended_ = true; }
  [[nodiscard]] std::size_t queued_bytes() const override { return 0; }
  [[nodiscard]] bool has_ended() const { return has_ended_; }

 private:
  bool has_ended_ = false;
};

std::optional<milliseconds> parse_seconds(std::string_view text) {
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size() || !(seconds > 0 && seconds < 1e6)) {
    return std::nullopt;
  }
  return std::chrono::round<milliseconds>(std::chrono::duration<double>(seconds));
}

bool add_argument(LocalAir& air, std::string argument) {
  std::optional<milliseconds> planned;
  const auto equals = argument.rfind('=');
  if (equals != std::string::npos) {
    planned = parse_seconds(std::string_view(argument).substr(equals + 1));
    argument.resize(equals);
  }
  return air.add(argument, planned);
}

/// What went by before the stream ended.
milliseconds play(LocalAir& air, milliseconds span, bool wants_titles) {
  bridge::Mount mount(air, {});
  StandardOutput output;
  http::Request request;
  request.method = "GET";
  request.target = "/stream";
  if (wants_titles) request.headers.add("Icy-MetaData", "1");
  const auto exchange = mount.serve(request, output);
  constexpr milliseconds turn(50);
  milliseconds done{0};
  for (; done < span && !output.has_ended(); done += turn) {
    mount.on_turn();
    air.advance(turn);
  }
  return done;
}

}  // namespace

int main(int argc, char** argv) {
  const bool wants_titles = argc > 1 && argv[1] == std::string_view("--icy");
  const int first = wants_titles ? 2 : 1;
  const auto span = argc > first + 1 ? parse_seconds(argv[first]) : std::nullopt;
  if (!span) {
    std::fprintf(stderr, "usage: %s [--icy] SECONDS FILE[=SECONDS]...\n", argv[0]);
    return 2;
  }
  LocalAir air;
  for (int i = first + 1; i < argc; ++i) {
    if (add_argument(air, argv[i])) continue;
    std::fprintf(stderr, "%s cannot be read, or how long it lasts cannot be told\n", argv[i]);
    return 1;
  }
  air.open();
  const milliseconds played = play(air, *span, wants_titles);
  std::fflush(stdout);
  if (played >= *span) return 0;
  std::fprintf(stderr, "the stream ended after %.1f s\n",
               std::chrono::duration<double>(played).count());
  return 3;
}
