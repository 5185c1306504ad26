#pragma once

#include "core/http/range.hpp"
#include "core/playlist/rss_writer.hpp"
#include "core/swarm/engine.hpp"
#include "tests/support/media_sample.hpp"
#include "tests/support/swarm_rig.hpp"

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

namespace alluvium::test {

/// A station with its server and its gateway, all honest, and one listener's engine.
class EngineScene : public swarm::EngineObserver {
 public:
  const std::string host = "http://radio.example";
  const std::string gateway = "http://gateway.example:8080";
  SwarmRig rig;
  playlist::Playlist station;
  std::map<std::string, MediaSample> files;  ///< By path.
  std::vector<std::string> announced;        ///< Bodies.
  int withdrawals = 0;
  bool origin_works = true;
  /// How long the origin takes for each 64 KiB of a file.
  Duration origin_pace{};
  std::optional<Duration> ahead;

  std::vector<std::string> playlists;
  std::string hopeless;
  int turns = 0;
  int ready = 0;
  std::unique_ptr<swarm::Engine> engine;

  explicit EngineScene(std::shared_ptr<store::Disk> disk = nullptr, store::StoreLimits limits = {})
      : rig(std::move(disk), limits) {
    rig.services.rules = net::AddressRules::public_only();
    station.title = "Station";
    station.link = host;
    station.gateway = *http::Url::parse(gateway);
    serve();
  }
  void serve() {
    rig.network.serve(host, [this](const http::Request& r) { return origin_answer(r); });
    rig.network.serve(gateway, [this](const http::Request& r) { return gateway_answer(r); });
  }
  /// Connections are refused until `serve`.
  void refuse() {
    rig.network.remove(host);
    rig.network.remove(gateway);
  }

  /// The next item, of a file of its own, a chunk a second.
  playlist::Item& add_item(const std::string& path, std::chrono::seconds duration) {
    const auto chunks = static_cast<std::uint32_t>(duration.count());
    files.emplace(path, MediaSample::of_chunks(chunks, files.size() + 1));
    playlist::Item item;
    item.url = *http::Url::parse(host + path);
    item.title = path;
    item.type = "audio/mpeg";
    item.duration = duration;
    if (station.items.empty()) item.start = rig.time.wall_now();
    station.items.push_back(item);
    return station.items.back();
  }
  void start(bool join_at_start = false, std::optional<http::Url> by_hand = {}) {
    swarm::EngineOptions options{*http::Url::parse(host + "/station.rss"),
                                 true,
                                 std::move(by_hand),
                                 join_at_start,
                                 swarm::PeerPorts::both(7'000),
                                 ahead};
    engine = std::make_unique<swarm::Engine>(rig.services, options, *this);
    engine->start();
    CHECK(turns == 0);
  }
  void run(Duration span) { rig.time.run_for(span); }
  [[nodiscard]] std::string on_air() const {
    const auto* feed = engine->current();
    return feed == nullptr ? "nothing" : feed->item().title;
  }
  [[nodiscard]] std::string held(const std::string& path) const {
    return rig.store.held(files.at(path).root()).drawing();
  }
  [[nodiscard]] bool is_complete(const std::string& path) const {
    return rig.store.held(files.at(path).root()).count() == files.at(path).row->layout().count();
  }
  [[nodiscard]] std::string problems() const {
    std::string all;
    for (const auto& problem : rig.problems.list()) all += problem.text + "\n";
    return all;
  }

  void on_turn() override { ++turns; }
  void on_playlist(const playlist::Playlist& list, const std::vector<std::string>&) override {
    playlists.push_back(list.title);
  }
  void on_hopeless(const std::string& sentence) override { hopeless = sentence; }
  void on_ready() override { ++ready; }

 private:
  static Script missing() {
    Script script;
    script.status = 404;
    return script;
  }
  Script origin_answer(const http::Request& request) const {
    Script script;
    if (request.path() == "/station.rss") {
      script.body = playlist::write_rss(station, host + "/station.rss");
      return script;
    }
    const auto file = files.find(std::string(request.path()));
    if (file == files.end() || !origin_works) return missing();
    script.between_pieces = origin_pace;
    const std::string& bytes = file->second.bytes;
    const auto range = http::parse_range(request.headers.find("Range"), bytes.size());
    script.body = bytes;
    if (const auto* part = std::get_if<ByteRange>(&range)) {
      script.status = 206;
      script.headers.add("Content-Range", http::format_content_range(*part, bytes.size()));
      script.body = file->second.part(*part);
    }
    return script;
  }
  Script gateway_answer(const http::Request& request) {
    Script script;
    if (request.path() == "/gateway/announce") {
      if (request.method == "DELETE") ++withdrawals;
      if (request.method == "POST") announced.push_back(request.body);
      script.body = R"({"expires":60,"interval_ms":500,"you":"8.8.8.8","swarms":[]})";
      return script;
    }
    for (const auto& [path, file] : files) {
      if (request.query() == file.root().urn()) {
        script.body = to_string(file.row->raw());
        return script;
      }
      const std::string query(request.query());
      if (request.path() != "/gateway/head" || !query.ends_with(path.substr(1))) continue;
      media::FileFacts facts;
      facts.root = file.root();
      facts.length = file.bytes.size();
      facts.type = "audio/mpeg";
      facts.duration = std::chrono::seconds(file.row->layout().count());
      script.body = media::to_json(facts);
      return script;
    }
    return missing();
  }
};

}  // namespace alluvium::test
