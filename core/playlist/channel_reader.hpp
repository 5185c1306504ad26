#pragma once

#include "core/playlist/field_readers.hpp"
#include "core/playlist/playlist.hpp"

#include <optional>
#include <string_view>

#include <pugixml.hpp>

namespace alluvium::playlist {

/// Where a gateway answers questions about files; the rest of its address is its base URL.
inline constexpr std::string_view gateway_lookup_path = "/gateway/head";

/// Reads what the `channel` element itself says of the station into `playlist`: neither items nor
/// gateway.
void read_channel(ReadContext& context, pugi::xml_node channel, Playlist& playlist);

/// The gateway's base URL out of a `textinput` element; nothing if it is an ordinary search field.
[[nodiscard]] std::optional<http::Url> read_gateway(ReadContext& context, pugi::xml_node textinput);

}  // namespace alluvium::playlist
