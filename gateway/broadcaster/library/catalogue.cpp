#include "gateway/broadcaster/library/catalogue.hpp"

#include "core/base/text.hpp"
#include "gateway/broadcaster/atomic_file.hpp"

#include <concepts>
#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

#include <nlohmann/json.hpp>

namespace alluvium::broadcaster {

namespace {

using nlohmann::json;

/// Changes when what is written does, so that nothing is taken from another version's file.
constexpr std::string_view first_line = "alluvium-library 1";
constexpr std::size_t longest_line = std::size_t{1} << 20;

/// A whole number that `Number` can hold: JSON's may be anything. Throws if it is not.
template <std::integral Number>
Number whole_number(const json& line, const char* name) {
  const json& value = line.at(name);
  const auto converted = [](auto number) -> std::optional<Number> {
    return std::in_range<Number>(number) ? std::optional(static_cast<Number>(number))
                                         : std::nullopt;
  };
  std::optional<Number> number;
  if (value.is_number_unsigned()) {
    number = converted(value.get<std::uint64_t>());
  } else if (value.is_number_integer()) {
    number = converted(value.get<std::int64_t>());
  }
  if (!number) throw std::range_error(name);
  return *number;
}

}  // namespace

std::string catalogue_line(const LibraryEntry& entry) {
  const MeasuredFile& file = entry.file;
  // Byte for byte the same for the same entry: keys are written in their order.
  json line = {{"name", percent_encoded(file.name)},
               {"length", entry.stamp.length},
               {"modified", entry.stamp.modified}};
  if (!entry.notes.empty()) line["notes"] = entry.notes;
  if (!entry.can_be_broadcast()) {
    line["problem"] = entry.problem;
  } else {
    line["title"] = file.title;
    line["creator"] = file.creator;
    line["album"] = file.album;
    line["disc"] = file.disc;
    line["track"] = file.track;
    line["sample_rate"] = file.sample_rate;
    line["type"] = file.facts.type;
    line["duration_ms"] = file.facts.duration->count();
    line["urn"] = file.facts.root->urn();
  }
  return line.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<LibraryEntry> parse_catalogue_line(std::string_view text) {
  const Error damaged{"the line is damaged"};
  if (text.size() > longest_line) return damaged;
  // Nothing in a line is deeper than the list of its notes.
  const auto is_shallow = [](int depth, json::parse_event_t, const json&) { return depth < 4; };
  const json line = json::parse(text, is_shallow, false);
  if (!line.is_object()) return damaged;
  try {
    LibraryEntry entry;
    const auto name = percent_decoded(line.at("name").get_ref<const std::string&>());
    if (!name) return damaged;
    entry.file.name = *name;
    entry.stamp.length = whole_number<std::uint64_t>(line, "length");
    entry.stamp.modified = whole_number<std::int64_t>(line, "modified");
    entry.problem = line.value("problem", "");
    entry.notes = line.value("notes", std::vector<std::string>());
    if (!entry.can_be_broadcast()) return entry;
    MeasuredFile& file = entry.file;
    file.title = line.at("title").get<std::string>();
    file.creator = line.at("creator").get<std::string>();
    file.album = line.at("album").get<std::string>();
    file.disc = whole_number<std::uint32_t>(line, "disc");
    file.track = whole_number<std::uint32_t>(line, "track");
    file.sample_rate = whole_number<std::uint32_t>(line, "sample_rate");
    file.facts.type = line.at("type").get<std::string>();
    file.facts.length = entry.stamp.length;
    file.facts.duration =
        std::chrono::milliseconds(whole_number<std::int64_t>(line, "duration_ms"));
    file.facts.root = hash::TreeRoot::from_urn(line.at("urn").get_ref<const std::string&>());
    if (!file.facts.root || file.facts.duration->count() <= 0) return damaged;
    return entry;
  } catch (const std::exception&) {
    return damaged;
  }
}

CatalogueReader::CatalogueReader(const std::filesystem::path& path)
    : file_(path, std::ios::binary) {
  std::string line;
  if (std::getline(file_, line) && line == first_line) advance();
}

void CatalogueReader::advance() {
  next_.reset();
  std::string line;
  while (!next_ && std::getline(file_, line)) {
    if (auto entry = parse_catalogue_line(line)) next_ = std::move(*entry);
  }
}

std::optional<LibraryEntry> CatalogueReader::take(const FoundFile& file) {
  while (next_ && next_->file.name < file.name) advance();
  if (!next_ || next_->file.name != file.name || next_->stamp != file.stamp) return std::nullopt;
  auto taken = std::move(next_);
  advance();
  return taken;
}

void write_catalogue(const std::filesystem::path& path,
                     const std::function<const LibraryEntry*()>& next) {
  AtomicFile file(path);
  std::string block(first_line);
  block += '\n';
  constexpr std::size_t block_bytes = std::size_t{1} << 16;
  while (const LibraryEntry* entry = next()) {
    block += catalogue_line(*entry) + "\n";
    if (block.size() < block_bytes) continue;
    file.write(block);
    block.clear();
  }
  file.write(block);
  file.commit();
}

}  // namespace alluvium::broadcaster
