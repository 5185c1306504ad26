#include "gateway/broadcaster/lists/xml_document.hpp"

#include "core/playlist/line_index.hpp"
#include "core/playlist/text_encoding.hpp"
#include "core/playlist/xml_prescan.hpp"

namespace alluvium::broadcaster {

Status load_xml(std::string_view raw, pugi::xml_document& document) {
  const std::string text = playlist::utf8_from(raw);
  const playlist::LineIndex lines(text);
  if (const auto scanned = playlist::prescan_xml(text, lines); !scanned) return scanned.error();
  const auto parsed =
      document.load_buffer(text.data(), text.size(), pugi::parse_default, pugi::encoding_utf8);
  if (parsed) return {};
  return playlist::not_xml_error(lines, static_cast<std::size_t>(parsed.offset),
                                 parsed.description());
}

std::string_view local_name(pugi::xml_node element) {
  const std::string_view name = element.name();
  return name.substr(name.find(':') + 1);
}

pugi::xml_node child_of(pugi::xml_node element, std::string_view local, std::string_view prefix) {
  for (const pugi::xml_node child : element.children()) {
    if (local_name(child) != local) continue;
    const std::string_view name = child.name();
    const bool has_prefix = name.size() > local.size();
    if (prefix.empty() ? !has_prefix : name.substr(0, name.find(':')) == prefix) return child;
  }
  return {};
}

std::string line_of(pugi::xml_node element) {
  std::string text;
  for (const pugi::xml_node child : element.children()) {
    if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) {
      text += child.value();
    }
  }
  return playlist::one_line(text);
}

}  // namespace alluvium::broadcaster
