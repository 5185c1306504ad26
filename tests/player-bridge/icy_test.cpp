#include "player-bridge/icy.hpp"

#include "core/base/random.hpp"
#include "core/base/text.hpp"

#include <utility>
#include <vector>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::bridge;

namespace {

/// What a player makes of a stream with `icy-metaint`: the simplest reading, the first `';` ends a
/// title.
struct IcyReading {
  std::string stream;
  /// Titles and how many stream bytes stood before them.
  std::vector<std::pair<std::size_t, std::string>> titles;
  bool is_sound = true;

  explicit IcyReading(ByteView bytes) {
    const std::string_view text = as_text(bytes);
    std::size_t at = 0;
    while (at < text.size()) {
      const std::string_view part = text.substr(at, icy_interval);
      stream += part;
      at += part.size();
      if (part.size() < icy_interval) return;
      if (at == text.size()) {
        is_sound = false;
        return;
      }
      const std::size_t length = static_cast<std::uint8_t>(text[at]) * std::size_t{16};
      const std::string_view block = text.substr(at + 1, length);
      at += 1 + length;
      if (block.size() < length) is_sound = false;
      if (!block.empty()) read_block(block);
    }
  }

 private:
  void read_block(std::string_view block) {
    constexpr std::string_view key = "StreamTitle='";
    const auto end = block.find("';", key.size());
    if (!block.starts_with(key) || end == std::string_view::npos) {
      is_sound = false;
      return;
    }
    const auto padding = block.substr(end + 2);
    is_sound = is_sound && padding.find_first_not_of('\0') == std::string_view::npos &&
               padding.size() < 16;
    titles.emplace_back(stream.size(), block.substr(key.size(), end - key.size()));
  }
};

std::string random_title(Random& random) {
  static const std::vector<std::string> parts = {"a",
                                                 "Song ",
                                                 "'",
                                                 ";",
                                                 "';",
                                                 "'';",
                                                 "StreamUrl='",
                                                 "\"",
                                                 "<b>",
                                                 "&amp;",
                                                 "\n",
                                                 "\r\n",
                                                 std::string(1, '\0'),
                                                 "\x1b[31m",
                                                 "\x7f",
                                                 "\xc2\x85",
                                                 "\xc3\xa4",
                                                 "\xe2\x82\xac",
                                                 "\xf0\x9f\x8e\xb5",
                                                 "\xff",
                                                 "\xc3",
                                                 "\xe2\x82"};
  std::string title;
  const std::size_t size = random.below(4) == 0 ? 4'096 : random.below(40);
  while (title.size() < size) title += parts[random.below(parts.size())];
  return title;
}

bool has_control_character(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<std::uint8_t>(text[i]);
    if (byte < 0x20 || byte == 0x7f) return true;
    if (byte == 0xc2 && i + 1 < text.size() && static_cast<std::uint8_t>(text[i + 1]) < 0xa0)
      return true;
  }
  return false;
}

}  // namespace

TEST_CASE("a player gets back exactly the stream's bytes and the titles, however they are split") {
  const auto seed = GENERATE(range(1, 21));
  Random random(static_cast<std::uint64_t>(seed));
  IcyWriter writer;
  Bytes out;
  std::string sent;
  std::vector<std::pair<std::size_t, std::string>> changes;
  for (int part = 0; part < 60; ++part) {
    const std::string title = random_title(random);
    changes.emplace_back(sent.size(), icy_title(title));
    const std::size_t writes = 1 + random.below(3);
    for (std::size_t i = 0; i < writes; ++i) {
      std::string bytes(random.below(random.below(2) == 0 ? 600 : 20'000) + 1, ' ');
      for (char& c : bytes) c = static_cast<char>(random.next());
      writer.write(as_bytes(bytes), title, out);
      sent += bytes;
    }
  }

  const IcyReading reading(out);
  CHECK(reading.is_sound);
  REQUIRE(reading.stream == sent);
  // Each block says the title of the byte before it, and only if that is news.
  std::vector<std::pair<std::size_t, std::string>> expected;
  std::string told;
  std::size_t change = 0;
  for (std::size_t at = icy_interval; at <= sent.size(); at += icy_interval) {
    while (change + 1 < changes.size() && changes[change + 1].first < at) ++change;
    if (changes[change].second != told) expected.emplace_back(at, changes[change].second);
    told = changes[change].second;
  }
  CHECK(reading.titles == expected);
}

TEST_CASE("a title is one line of valid UTF-8 that nothing in it can end, and fits its block") {
  Random random(7);
  for (int i = 0; i < 500; ++i) {
    const std::string title = icy_title(random_title(random));
    REQUIRE(title == valid_utf8(title));
    REQUIRE(title.size() <= 1'000);
    REQUIRE_FALSE(has_control_character(title));
    REQUIRE(title.find("';") == std::string::npos);
    REQUIRE_FALSE(title.ends_with('\''));
    const Bytes block = icy_block(title);
    REQUIRE(block.size() == 1 + block[0] * std::size_t{16});
  }
}

TEST_CASE("titles are shown as they are meant") {
  struct Row {
    std::string title;
    std::string shown;
  };
  const std::vector<Row> rows = {
      {"Artist - Title", "Artist - Title"},
      {"", ""},
      {"two\r\nlines", "two lines"},
      {"it's; fine", "it's; fine"},
      {"x';StreamUrl='evil", "x\xe2\x80\x99;StreamUrl='evil"},
      {"rockin'", "rockin\xe2\x80\x99"},
      {"next\xc2\x85line", "next line"},
      {"bad\xff", "bad\xef\xbf\xbd"},
      // The cut must not lay bare an apostrophe at the end, nor halve a character.
      {std::string(998, 'x') + "''tail", std::string(998, 'x')},
      {std::string(999, 'x') + "\xc3\xa4", std::string(999, 'x')},
  };
  for (const Row& row : rows) {
    CAPTURE(row.title);
    CHECK(icy_title(row.title) == row.shown);
  }
}

TEST_CASE("an item without a title takes the one before it off the display") {
  IcyWriter writer;
  Bytes out;
  writer.write(Bytes(icy_interval, 1), "named", out);
  writer.write(Bytes(icy_interval, 2), "", out);
  writer.write(Bytes(icy_interval, 3), "", out);
  const IcyReading reading(out);
  CHECK(reading.titles == std::vector<std::pair<std::size_t, std::string>>{{icy_interval, "named"},
                                                                           {2 * icy_interval, ""}});
  CHECK(out.back() == 0);
}
