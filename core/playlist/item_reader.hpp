#pragma once

#include "core/playlist/field_readers.hpp"
#include "core/playlist/playlist.hpp"

#include <optional>

#include <pugixml.hpp>

namespace alluvium::playlist {

/// Reads one `item` element. Nothing, and a warning, if it names no file that could be fetched.
[[nodiscard]] std::optional<Item> read_item(ReadContext& context, pugi::xml_node element);

}  // namespace alluvium::playlist
