#include "core/playlist/item_reader.hpp"

#include "core/base/text.hpp"
#include "core/playlist/namespaces.hpp"
#include "core/playlist/rss_reader.hpp"

#include <algorithm>
#include <vector>

namespace alluvium::playlist {

namespace {

/// An item while its elements are walked over. Of a field that comes twice the first readable one
/// counts; what several fields may say is decided at the end.
class ItemReader {
 public:
  explicit ItemReader(ReadContext& context) : context_(context) {}

  std::optional<Item> read(pugi::xml_node element);

 private:
  void on_child(pugi::xml_node child);
  void on_enclosure(pugi::xml_node enclosure);
  std::optional<http::Url> media_url(pugi::xml_node element);
  void take_mirrors();

  ReadContext& context_;
  Item item_;
  std::string dc_title_;
  std::string enclosure_type_;
  std::optional<http::Url> link_;
  std::vector<http::Url> enclosures_;
};

std::optional<Item> ItemReader::read(pugi::xml_node element) {
  for (const auto child : element.children()) {
    if (child.type() == pugi::node_element) on_child(child);
  }
  auto url = media_url(element);
  if (!url) {
    context_.warn(element, "an item without a usable link is left out");
    return std::nullopt;
  }
  item_.url = std::move(*url);
  take_mirrors();
  if (item_.title.empty()) item_.title = std::move(dc_title_);
  if (item_.type.empty()) item_.type = std::move(enclosure_type_);
  return std::move(item_);
}

void ItemReader::on_child(pugi::xml_node child) {
  using enum Vocabulary;
  const Name name = name_of(child);
  if (name == Name{rss, "title"}) {
    if (item_.title.empty()) item_.title = shown_text(child);
  } else if (name == Name{rss, "link"}) {
    if (!link_) link_ = read_url(context_, child, raw_text(child));
  } else if (name == Name{enc, "enclosure"}) {
    on_enclosure(child);
  } else if (name == Name{dc, "title"}) {
    if (dc_title_.empty()) dc_title_ = shown_text(child);
  } else if (name == Name{dc, "creator"}) {
    if (item_.creator.empty()) item_.creator = shown_text(child);
  } else if (name == Name{dc, "format"}) {
    if (item_.type.empty()) {
      item_.type = read_media_type(context_, child, raw_text(child)).value_or("");
    }
  } else if (name == Name{dc, "identifier"}) {
    if (!item_.root) item_.root = read_root(context_, child);
  } else if (name == Name{dc, "source"}) {
    if (item_.source.empty()) item_.source = shown_text(child);
  } else if (name == Name{ev, "startdate"}) {
    if (!item_.start) item_.start = read_instant(context_, child);
  } else if (name == Name{ev, "enddate"}) {
    if (!item_.end) item_.end = read_instant(context_, child);
  } else if (name == Name{ev, "type"}) {
    item_.is_filler |= equal_ignoring_case(trimmed(raw_text(child)), "filler");
    item_.is_live |= equal_ignoring_case(trimmed(raw_text(child)), "live");
  } else if (name == Name{mm, "duration"}) {
    if (!item_.duration) item_.duration = read_duration(context_, child);
  }
}

void ItemReader::on_enclosure(pugi::xml_node enclosure) {
  const auto value = [&](std::string_view name) {
    return attribute_of(enclosure, Vocabulary::enc, name).value();
  };
  const auto url = read_url(context_, enclosure, resource_of(enclosure));
  if (!url) return;
  if (enclosures_.size() == max_item_enclosures) {
    context_.warn(enclosure, "an item has too many enclosures, this one is not used");
    return;
  }
  enclosures_.push_back(*url);
  if (enclosure_type_.empty()) {
    enclosure_type_ = read_media_type(context_, enclosure, value("type")).value_or("");
  }
  const auto length = read_length(context_, enclosure, value("length"));
  if (!item_.length) {
    item_.length = length;
  } else if (length && *length != *item_.length) {
    context_.warn(enclosure,
                  "the enclosures of one item have different lengths, though they name "
                  "the same bytes");
  }
}

std::optional<http::Url> ItemReader::media_url(pugi::xml_node element) {
  if (link_) return link_;
  if (!enclosures_.empty()) return enclosures_.front();
  return read_url(context_, element, attribute_of(element, Vocabulary::rdf, "about").value());
}

void ItemReader::take_mirrors() {
  auto& mirrors = item_.mirrors;
  for (auto& enclosure : enclosures_) {
    if (enclosure == item_.url) continue;
    if (std::find(mirrors.begin(), mirrors.end(), enclosure) != mirrors.end()) continue;
    mirrors.push_back(std::move(enclosure));
  }
}

}  // namespace

std::optional<Item> read_item(ReadContext& context, pugi::xml_node element) {
  return ItemReader(context).read(element);
}

}  // namespace alluvium::playlist
