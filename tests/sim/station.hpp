#pragma once

#include "core/hash/tree.hpp"
#include "core/media/file_facts.hpp"
#include "core/playlist/playlist.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace alluvium::sim {

/// A song that is noise, in frames of MP3 at a constant rate, with all that is known of it.
struct Song {
  http::Url url;
  Slice bytes;
  std::shared_ptr<const hash::LeafRow> row;
  media::FileFacts facts;

  /// Whether `chunk` is what the song has there.
  [[nodiscard]] bool is_chunk(hash::ChunkIndex index, ByteView chunk) const;
};

/// What a station's owner uploads: songs that play one after the other from `begins` on, and the
/// playlist that says so, with root and length of each. Immutable once made.
struct Station {
  static constexpr const char* host = "radio.example";
  static constexpr const char* gateway_host = "gateway.example";
  static constexpr std::uint16_t gateway_port = 8080;

  std::vector<Song> songs;
  http::Url playlist_url;
  playlist::Playlist playlist;

  /// `bitrate` must be one of MPEG-1 layer III, else std::invalid_argument is thrown.
  Station(std::size_t songs, std::uint64_t file_bytes, std::uint64_t bitrate, WallTime begins,
          std::uint64_t seed);
  /// Null if the URL is not one of its songs.
  [[nodiscard]] const Song* find(const http::Url& url) const;
};

}  // namespace alluvium::sim
