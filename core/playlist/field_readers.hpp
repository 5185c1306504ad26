#pragma once

#include "core/hash/tree.hpp"
#include "core/http/url.hpp"
#include "core/playlist/line_index.hpp"
#include "core/playlist/warnings.hpp"
#include "core/time/clock.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <pugixml.hpp>

namespace alluvium::playlist {

/// What every part of the reader needs beside its own element: where relative URLs begin, and whom
/// to tell. Lives as long as one reading.
struct ReadContext {
  const http::Url& base;
  const LineIndex& lines;
  Warnings warnings;

  /// Adds `line 12: what`, for the line on which `element` begins.
  void warn(pugi::xml_node element, std::string_view what);
};

/// Where an element begins in the text.
[[nodiscard]] std::size_t offset_of(pugi::xml_node element);
/// All text directly inside `element`, character data and CDATA sections, as it stands there.
[[nodiscard]] std::string raw_text(pugi::xml_node element);
/// The same on one line, fit to be shown.
[[nodiscard]] std::string shown_text(pugi::xml_node element);
/// The value of `rdf:resource` (or `resource`), trimmed; empty if there is none.
[[nodiscard]] std::string_view resource_of(pugi::xml_node element);

// Each of these reads one value. What cannot be read gives nothing and a warning; what is not there
// gives nothing.
[[nodiscard]] std::optional<WallTime> read_instant(ReadContext& context, pugi::xml_node element);
[[nodiscard]] std::optional<std::chrono::milliseconds> read_duration(ReadContext& context,
                                                                     pugi::xml_node element);
/// A MIME type in lower case, without parameters.
[[nodiscard]] std::optional<std::string> read_media_type(ReadContext& context, pugi::xml_node node,
                                                         std::string_view text);
[[nodiscard]] std::optional<std::uint64_t> read_length(ReadContext& context, pugi::xml_node node,
                                                       std::string_view text);
/// Identifiers of other kinds (an ISRC, a web address) are none of ours and pass in silence.
[[nodiscard]] std::optional<hash::TreeRoot> read_root(ReadContext& context, pugi::xml_node element);
[[nodiscard]] std::optional<http::Url> read_url(ReadContext& context, pugi::xml_node node,
                                                std::string_view text);

}  // namespace alluvium::playlist
