#pragma once

#include "core/http/range.hpp"
#include "core/swarm/download.hpp"
#include "tests/support/media_sample.hpp"
#include "tests/support/swarm_rig.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include <catch2/catch.hpp>

namespace alluvium::test {

/// One download of a file of twenty chunks, from an origin and peers that are honest until they are
/// told otherwise. It is looked at every 100 ms, as by its engine.
class DownloadScene : private swarm::SourceObserver {
 public:
  explicit DownloadScene(std::shared_ptr<store::Disk> disk = nullptr) : rig(std::move(disk)) {
    plan.row = song.row;
    plan.origins = {*http::Url::parse(origin + "/song.mp3")};
    plan.is_row_proven = true;
    serve(origin);
  }

  static constexpr std::uint32_t chunks = 20;
  const std::string origin = "http://radio.example";
  MediaSample song = MediaSample::of_chunks(chunks);
  SwarmRig rig;
  swarm::DownloadPlan plan;
  std::unique_ptr<swarm::Download> download;
  int contradictions = 0;
  bool is_stuck = false;
  swarm::Window window{{{0}, {3}}, {{0}, {1}}};

  /// What an honest server that can do ranges answers.
  [[nodiscard]] Script honest(const http::Request& request) const {
    const auto range = http::parse_range(request.headers.find("Range"), song.bytes.size());
    Script script;
    if (const auto* part = std::get_if<ByteRange>(&range)) {
      script.status = 206;
      script.headers.add("Content-Range", http::format_content_range(*part, song.bytes.size()));
      script.body = song.part(*part);
    } else {
      script.body = song.bytes;
    }
    return script;
  }
  using Spoil = std::function<void(Script&)>;
  void serve(
      const std::string& at, Spoil spoil = [](Script&) {}) {
    rig.network.serve(at, [this, spoil = std::move(spoil)](const http::Request& request) {
      Script script = honest(request);
      spoil(script);
      return script;
    });
  }
  [[nodiscard]] static net::Endpoint endpoint(unsigned i) {
    return {net::IpAddress::v4(10, 0, 0, static_cast<std::uint8_t>(i)), 2'000};
  }
  [[nodiscard]] static std::string url(unsigned i) { return "http://" + endpoint(i).text(); }
  /// A peer that is said to have so much; everything if nothing is said.
  void add_peer(
      unsigned i, Spoil spoil = [](Script&) {}, std::string_view has = "") {
    rig.peers.learn(endpoint(i), song.root(),
                    has.empty() ? store::ChunkMap::all(chunks) : store::ChunkMap::drawn(has));
    // Known to be honest, as after a first chunk.
    rig.peers.on_chunk(endpoint(i), hash::chunk_bytes);
    serve(url(i), std::move(spoil));
  }

  void start() {
    create();
    look_from_now_on();
  }
  void create() {
    SourceObserver& observer = *this;
    download = std::make_unique<swarm::Download>(rig.services, plan, observer);
    download->open_fully({});
  }
  void look_from_now_on() {
    tick_ = rig.time.make_timer([this] { look(); });
    look();
  }
  void run(Duration span) { rig.time.run_for(span); }
  /// How long until everything is held; a day if that does not come within a minute.
  Duration run_to_the_end() {
    const Instant begin = rig.time.now();
    const bool done =
        rig.time.run_until([this] { return download->is_complete(); }, std::chrono::minutes(1));
    return done ? rig.time.now() - begin : Duration(std::chrono::hours(24));
  }
  void stop() {
    tick_.reset();
    download.reset();
  }
  [[nodiscard]] std::string held() const { return rig.store.held(song.root()).drawing(); }
  [[nodiscard]] std::size_t asked(const std::string& at) const {
    return rig.network.requests_to(at).size();
  }
  /// Without the greeting.
  [[nodiscard]] std::size_t gets(unsigned i) const {
    const auto requests = rig.network.requests_to(url(i));
    return static_cast<std::size_t>(
        std::count_if(requests.begin(), requests.end(),
                      [](const SentRequest& sent) { return sent.request.method == "GET"; }));
  }
  [[nodiscard]] std::string problems() const {
    std::string all;
    for (const auto& problem : rig.problems.list()) all += problem.text + "\n";
    return all;
  }
  /// All that peers are believed to be busy with for us.
  [[nodiscard]] unsigned requests_counted() const {
    unsigned count = 0;
    for (const auto& [at, peer] : rig.peers.in_swarm(song.root())) count += peer->requests;
    return count;
  }
  [[nodiscard]] bool all_is_true() {
    for (std::uint32_t i = 0; i < chunks; ++i) {
      const auto chunk = rig.store.in_memory(song.root(), {i});
      if (chunk && !song.is_chunk(i, chunk->view())) return false;
    }
    return true;
  }

 private:
  void on_data() override {}
  void on_tree_contradicted(bool stuck) override {
    ++contradictions;
    is_stuck = stuck;
  }
  void look() {
    tick_->arm(std::chrono::milliseconds(100));
    download->set_window(window);
    download->update();
  }

  std::unique_ptr<Timer> tick_;
};

}  // namespace alluvium::test
