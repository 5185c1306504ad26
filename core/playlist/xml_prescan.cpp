#include "core/playlist/xml_prescan.hpp"

#include "core/base/text.hpp"
#include "core/playlist/rss_reader.hpp"

#include <algorithm>
#include <string>

namespace alluvium::playlist {

namespace {

constexpr std::string_view blanks = " \t\r\n";

bool is_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// One walk over one document. Stops at the first thing that is wrong.
class Prescan {
 public:
  Prescan(std::string_view text, const LineIndex& lines) : text_(text), lines_(lines) {}

  Status run();

 private:
  Status markup();
  Status declaration();
  Status start_tag();
  Status end_tag();
  Status character_data(std::size_t end);
  Status skip_past(std::string_view terminator, std::string_view what);
  Status count_node();

  [[nodiscard]] bool at(std::string_view token) const {
    return text_.substr(at_, token.size()) == token;
  }
  [[nodiscard]] Error wrong(std::size_t offset, std::string_view what) const {
    return not_xml_error(lines_, offset, what);
  }

  std::string_view text_;
  const LineIndex& lines_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  std::size_t nodes_ = 0;
  bool root_seen_ = false;
};

Status Prescan::run() {
  const auto control = std::find_if(text_.begin(), text_.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && blanks.find(c) == std::string_view::npos;
  });
  if (control != text_.end()) {
    return wrong(static_cast<std::size_t>(control - text_.begin()), "a control character");
  }
  while (at_ < text_.size()) {
    const std::size_t markup_begin = std::min(text_.find('<', at_), text_.size());
    if (auto status = character_data(markup_begin); !status) return status;
    if (at_ == text_.size()) break;
    if (auto status = markup(); !status) return status;
  }
  if (!root_seen_) return Error{"the playlist is empty"};
  if (depth_ > 0) return wrong(text_.size(), "the document ends before its last element does");
  return {};
}

Status Prescan::markup() {
  if (at("<!--")) return skip_past("-->", "a comment that does not end");
  if (at("<?")) return skip_past("?>", "an instruction that does not end");
  if (at("<!")) return declaration();
  if (at("</")) return end_tag();
  return start_tag();
}

Status Prescan::declaration() {
  if (at("<![CDATA[") && depth_ > 0) {
    if (auto status = count_node(); !status) return status;
    return skip_past("]]>", "a CDATA section that does not end");
  }
  constexpr std::string_view doctype = "<!DOCTYPE";
  if (!equal_ignoring_case(text_.substr(at_, doctype.size()), doctype)) {
    return wrong(at_, "a declaration that is not known");
  }
  const auto name = trimmed(text_.substr(at_ + doctype.size(), 64));
  if (equal_ignoring_case(name.substr(0, 4), "html")) return html_page_error();
  return Error{lines_.place_of(at_) + ": a playlist must not have a DOCTYPE"};
}

Status Prescan::start_tag() {
  const std::size_t begin = at_;
  if (begin + 1 >= text_.size() || !is_name_start(text_[begin + 1])) {
    return wrong(begin, "a < that begins no element (write &lt;)");
  }
  if (depth_ == 0 && root_seen_) return wrong(begin, "a second root element");
  if (!root_seen_) {
    const auto name = text_.substr(begin + 1, text_.find_first_of(" \t\r\n/>", begin) - begin - 1);
    if (equal_ignoring_case(name, "html")) return html_page_error();
  }
  root_seen_ = true;
  if (auto status = count_node(); !status) return status;

  std::size_t attributes = 0;
  std::size_t i = text_.find_first_of("<>\"'", begin + 1);
  while (i != std::string_view::npos && (text_[i] == '"' || text_[i] == '\'')) {
    if (++attributes > max_element_attributes) {
      return Error{lines_.place_of(begin) + ": an element has more than " +
                   std::to_string(max_element_attributes) + " attributes"};
    }
    if (auto status = count_node(); !status) return status;
    const char value_end[] = {text_[i], '<', '\0'};
    const std::size_t end = text_.find_first_of(value_end, i + 1);
    if (end == std::string_view::npos || text_[end] == '<') {
      return wrong(i, "an attribute value that does not end");
    }
    i = text_.find_first_of("<>\"'", end + 1);
  }
  if (i == std::string_view::npos || text_[i] == '<') {
    return wrong(begin, "an element's tag that does not end");
  }

  at_ = i + 1;
  const bool is_empty_element = text_[i - 1] == '/';
  if (depth_ + 1 > max_playlist_depth) {
    return Error{lines_.place_of(begin) + ": elements are nested more than " +
                 std::to_string(max_playlist_depth) + " deep"};
  }
  if (!is_empty_element) ++depth_;
  return {};
}

Status Prescan::end_tag() {
  if (depth_ == 0) return wrong(at_, "an end tag without its start tag");
  --depth_;
  return skip_past(">", "an end tag that does not end");
}

Status Prescan::character_data(std::size_t end) {
  const auto text = text_.substr(at_, end - at_);
  const std::size_t first = text.find_first_not_of(blanks);
  if (first != std::string_view::npos) {
    if (depth_ == 0) return wrong(at_ + first, "text outside of the root element");
    if (auto status = count_node(); !status) return status;
  }
  at_ = end;
  return {};
}

Status Prescan::skip_past(std::string_view terminator, std::string_view what) {
  // `<!-->` and `<?>` do not end themselves.
  const std::size_t opening = at("<!--") ? 4 : 2;
  const std::size_t end = text_.find(terminator, at_ + opening);
  if (end == std::string_view::npos) return wrong(at_, what);
  at_ = end + terminator.size();
  return {};
}

Status Prescan::count_node() {
  if (++nodes_ <= max_playlist_nodes) return {};
  return Error{lines_.place_of(at_) + ": the playlist has more than " +
               std::to_string(max_playlist_nodes) + " elements, attributes and texts"};
}

}  // namespace

Status prescan_xml(std::string_view text, const LineIndex& lines) {
  return Prescan(text, lines).run();
}

Error html_page_error() {
  return {"the playlist is an HTML page, not RSS"};
}

Error not_xml_error(const LineIndex& lines, std::size_t offset, std::string_view what) {
  return {"the playlist is not XML: " + lines.place_of(offset) + ": " + std::string(what)};
}

}  // namespace alluvium::playlist
