#include "core/playlist/field_readers.hpp"

#include "core/base/text.hpp"
#include "core/playlist/namespaces.hpp"
#include "core/playlist/text_encoding.hpp"
#include "core/time/w3cdtf.hpp"

#include <algorithm>

namespace alluvium::playlist {

namespace {

using std::chrono::milliseconds;

/// Longer than anything that is broadcast, and short enough to be added up without overflow.
constexpr milliseconds max_duration = std::chrono::days(36'525);

std::string quoted(std::string_view text) {
  return "\"" + printable(text, 80) + "\"";
}

bool is_media_type(std::string_view text) {
  const auto is_token = [](std::string_view part) {
    return !part.empty() && std::all_of(part.begin(), part.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
             std::string_view("!#$&^_.+-").find(c) != std::string_view::npos;
    });
  };
  const auto slash = text.find('/');
  return slash != std::string_view::npos && text.size() <= 127 && is_token(text.substr(0, slash)) &&
         is_token(text.substr(slash + 1));
}

}  // namespace

void ReadContext::warn(pugi::xml_node element, std::string_view what) {
  const std::size_t line = lines.line_of(offset_of(element));
  warnings.add("line " + std::to_string(line) + ": " + std::string(what));
}

std::size_t offset_of(pugi::xml_node element) {
  // The library points at the name, which stands after a `<`.
  return static_cast<std::size_t>(std::max<std::ptrdiff_t>(element.offset_debug() - 1, 0));
}

std::string raw_text(pugi::xml_node element) {
  std::string text;
  for (const auto child : element.children()) {
    if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) {
      text += child.value();
    }
  }
  return text;
}

std::string shown_text(pugi::xml_node element) {
  return one_line(raw_text(element));
}

std::string_view resource_of(pugi::xml_node element) {
  return trimmed(attribute_of(element, Vocabulary::rdf, "resource").value());
}

std::optional<WallTime> read_instant(ReadContext& context, pugi::xml_node element) {
  const std::string text = raw_text(element);
  const auto instant = parse_w3cdtf(text);
  if (!instant) {
    context.warn(element, instant.error().message);
    return std::nullopt;
  }
  if (instant->zone_missing) {
    context.warn(element, "the time " + quoted(trimmed(text)) + " has no zone, read as UTC");
  }
  return instant->time;
}

std::optional<milliseconds> read_duration(ReadContext& context, pugi::xml_node element) {
  const std::string text = raw_text(element);
  const auto number = parse_uint(trimmed(text));
  if (!number || *number == 0 || *number > static_cast<std::uint64_t>(max_duration.count())) {
    context.warn(element, "the duration " + quoted(trimmed(text)) +
                              " is not a number of milliseconds between 1 and a century");
    return std::nullopt;
  }
  return milliseconds(*number);
}

std::optional<std::string> read_media_type(ReadContext& context, pugi::xml_node node,
                                           std::string_view text) {
  text = trimmed(text);
  if (text.empty()) return std::nullopt;
  std::string type = to_lower(trimmed(text.substr(0, text.find(';'))));
  if (!is_media_type(type)) {
    context.warn(node, quoted(text) + " is not a MIME type like audio/mpeg");
    return std::nullopt;
  }
  return type;
}

std::optional<std::uint64_t> read_length(ReadContext& context, pugi::xml_node node,
                                         std::string_view text) {
  text = trimmed(text);
  if (text.empty()) return std::nullopt;
  const auto length = parse_uint(text);
  // Feeds write 0 where they do not know; a file without bytes has nothing to broadcast either.
  if (!length || *length == 0 || *length > hash::max_file_bytes) {
    context.warn(node, "the length " + quoted(text) + " is not a number of bytes up to 16 GiB");
    return std::nullopt;
  }
  return length;
}

std::optional<hash::TreeRoot> read_root(ReadContext& context, pugi::xml_node element) {
  const std::string text = raw_text(element);
  const auto name = trimmed(text);
  constexpr std::string_view ours = "urn:tree:sha256:";
  if (!equal_ignoring_case(name.substr(0, ours.size()), ours)) return std::nullopt;
  const auto root = hash::TreeRoot::from_urn(name);
  if (!root) context.warn(element, quoted(name) + " is not the name of a hash tree");
  return root;
}

std::optional<http::Url> read_url(ReadContext& context, pugi::xml_node node,
                                  std::string_view text) {
  text = trimmed(text);
  if (text.empty()) return std::nullopt;
  auto url = context.base.resolve(text);
  if (!url) {
    context.warn(node, url.error().message);
    return std::nullopt;
  }
  return std::move(*url);
}

}  // namespace alluvium::playlist
