#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace alluvium::broadcaster {

/// What a source calls the piece that begins now. UTF-8. Value type.
struct Title {
  std::string title;
  std::string creator;  ///< Empty if it is not known apart.

  bool operator==(const Title&) const = default;
};

/// The query of Icecast's `/admin/metadata`. Value type.
struct TitleUpdate {
  std::string mode;
  std::string mount;
  Title title;
};

/// Reads such a query: `mode`, `mount`, `song`, or `artist` and `title`, and `charset`, in which
/// the others are, UTF-8 or Latin-1; without it what is no UTF-8 is Latin-1. Each text is one line
/// of 500 bytes at most. Nothing if it is not percent-encoded properly.
[[nodiscard]] std::optional<TitleUpdate> read_title_update(std::string_view query);

/// On one line, cut to 500 bytes between two characters: what sources say of themselves.
[[nodiscard]] std::string tidy_text(std::string_view text, bool is_latin1 = false);

}  // namespace alluvium::broadcaster
