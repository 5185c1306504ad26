#pragma once

#include "core/swarm/file_lookup.hpp"
#include "tests/support/media_sample.hpp"
#include "tests/support/swarm_rig.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <catch2/catch.hpp>

namespace alluvium::test {

inline const char* const origin_host = "http://radio.example";
inline const char* const gateway_host = "http://gateway.example:8080";
inline const char* const song_url = "http://radio.example/song.mp3";

/// An origin with one song, a gateway that knows it, and one lookup of it. Every answer can be
/// replaced.
class LookupScene {
 public:
  explicit LookupScene(std::shared_ptr<store::Disk> disk = nullptr) : rig(std::move(disk)) {
    item.url = *http::Url::parse(song_url);
    facts.uri = song_url;
    facts.root = song.root();
    facts.length = song.bytes.size();
    facts.type = "audio/mpeg";
    facts.duration = std::chrono::seconds(12);
    facts.seconds = {0, 20'000, 40'000};
    Script missing;
    missing.status = 404;
    gateway_head = gateway_row = sidecar_row = sidecar_facts = origin_head = missing;
  }

  SwarmRig rig;
  MediaSample song = MediaSample::of_chunks(5);
  media::FileFacts facts;
  playlist::Item item;
  Script gateway_head;
  Script gateway_row;
  Script sidecar_row;
  Script sidecar_facts;
  Script origin_head;
  std::optional<swarm::FoundFile> found;
  Duration took{};
  int times_found = 0;

  void give_gateway() {
    gateway_head = text(media::to_json(facts));
    gateway_row = row_of(song);
  }
  void give_sidecars() {
    sidecar_row = row_of(song);
    media::FileFacts sidecar = facts;
    sidecar.root.reset();
    sidecar.uri.clear();
    sidecar_facts = text(media::to_json(sidecar));
  }
  void give_origin_head() {
    origin_head = text(song.bytes);
    origin_head.headers.add("Content-Type", "Audio/MPEG; charset=x");
  }
  [[nodiscard]] static Script text(std::string body) {
    Script script;
    script.body = std::move(body);
    return script;
  }
  [[nodiscard]] static Script row_of(const MediaSample& file) {
    return text(to_string(file.row->raw()));
  }
  [[nodiscard]] static Script html() {
    return text("<html><title>Welcome to our hotel's network</title></html>");
  }

  /// The same script for every path of the gateway.
  void spoil_gateway(const Script& script) { gateway_head = gateway_row = script; }
  void serve() {
    rig.network.serve(gateway_host, [this](const http::Request& request) {
      return request.path() == "/gateway/head" ? gateway_head : gateway_row;
    });
    rig.network.serve(origin_host, [this](const http::Request& request) {
      if (request.path().ends_with(".thex")) return sidecar_row;
      return request.path().ends_with(".thex.json") ? sidecar_facts : origin_head;
    });
  }
  void start(bool with_gateway = true) {
    const Instant begin = rig.time.now();
    std::optional<swarm::GatewayAccess> gateway;
    if (with_gateway) gateway = {gateway_host, net::AddressRules::everything()};
    lookup_ = std::make_unique<swarm::FileLookup>(rig.services, item, gateway,
                                                  [this, begin](swarm::FoundFile file) {
                                                    found = std::move(file);
                                                    took = rig.time.now() - begin;
                                                    ++times_found;
                                                    lookup_.reset();
                                                  });
    CHECK_FALSE(found);
  }
  /// True if something was found within `limit`.
  bool look(bool with_gateway = true, Duration limit = std::chrono::seconds(60)) {
    serve();
    start(with_gateway);
    return rig.time.run_until([this] { return found.has_value(); }, limit);
  }
  void stop() { lookup_.reset(); }
  [[nodiscard]] bool found_the_song() const {
    return found && found->row && found->row->root() == song.root() &&
           found->row->layout().length() == song.bytes.size();
  }
  [[nodiscard]] std::string problems() const {
    std::string all;
    for (const auto& problem : rig.problems.list()) all += problem.text + "\n";
    return all;
  }

 private:
  std::unique_ptr<swarm::FileLookup> lookup_;
};

}  // namespace alluvium::test
