#include "core/playlist/rss_writer.hpp"

#include "core/base/text.hpp"
#include "core/playlist/channel_reader.hpp"
#include "core/playlist/refresh.hpp"
#include "core/playlist/text_encoding.hpp"
#include "core/time/w3cdtf.hpp"

#include <map>
#include <string_view>
#include <utility>
#include <vector>

namespace alluvium::playlist {

namespace {

constexpr std::string_view head = R"(<?xml version="1.0" encoding="UTF-8"?>
<rdf:RDF xmlns="http://purl.org/rss/1.0/"
         xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
         xmlns:dc="http://purl.org/dc/elements/1.1/"
         xmlns:ev="http://purl.org/rss/1.0/modules/event/"
         xmlns:mm="http://musicbrainz.org/mm/mm-2.0#"
         xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"
         xmlns:enc="http://purl.oclc.org/net/rss_2.0/enc#">
)";

/// Text as XML can carry it: no control characters, well-formed, markup as entities.
std::string markup(std::string_view text) {
  return escaped_markup(one_line(text));
}

/// Appends elements to a document, one a line.
class Writer {
 public:
  void open(std::string_view name, std::string_view about) {
    line(2, "<" + std::string(name) + " rdf:about=\"" + markup(about) + "\">");
  }
  void close(std::string_view name) { line(2, "</" + std::string(name) + ">"); }
  void field(std::string_view name, std::string_view text) {
    const std::string tag(name);
    line(4, "<" + tag + ">" + markup(text) + "</" + tag + ">");
  }
  void optional_field(std::string_view name, std::string_view text) {
    if (!text.empty()) field(name, text);
  }
  void line(std::size_t indent, std::string_view text) {
    out_.append(indent, ' ').append(text) += '\n';
  }
  [[nodiscard]] std::string finish() && { return std::move(out_) + "</rdf:RDF>\n"; }

 private:
  std::string out_{head};
};

/// One identifier per item. A file that comes again is told from its earlier broadcasts by a
/// fragment, which no media URL has.
std::vector<std::string> distinct_names(const std::vector<Item>& items) {
  std::map<std::string_view, std::size_t> uses;
  std::vector<std::string> names;
  names.reserve(items.size());
  for (const Item& item : items) {
    const std::size_t use = ++uses[item.url.text()];
    names.push_back(item.url.text() + (use == 1 ? "" : "#" + std::to_string(use)));
  }
  return names;
}

std::string lookup_url(const http::Url& gateway) {
  std::string base = gateway.text();
  if (base.ends_with('/')) base.pop_back();
  return base.append(gateway_lookup_path);
}

void write_channel(Writer& writer, const Playlist& playlist, const std::string& about,
                   const std::vector<std::string>& names) {
  writer.open("channel", about);
  writer.field("title", playlist.title);
  writer.field("link", playlist.link);
  writer.field("description", playlist.description);
  if (playlist.anchor) writer.field("dc:date", format_w3cdtf(*playlist.anchor));
  if (playlist.refresh && playlist.refresh->count() > 0) {
    const UpdateRhythm rhythm = rhythm_of(*playlist.refresh);
    writer.field("sy:updatePeriod", rhythm.period);
    writer.field("sy:updateFrequency", std::to_string(rhythm.frequency));
  }
  writer.line(4, "<items>");
  writer.line(6, "<rdf:Seq>");
  for (const auto& name : names) writer.line(8, "<rdf:li rdf:resource=\"" + markup(name) + "\"/>");
  writer.line(6, "</rdf:Seq>");
  writer.line(4, "</items>");
  if (playlist.gateway) {
    writer.line(4, "<textinput rdf:resource=\"" + markup(lookup_url(*playlist.gateway)) + "\"/>");
  }
  writer.close("channel");
}

void write_enclosures(Writer& writer, const Item& item) {
  const auto write = [&](const http::Url& url) {
    std::string tag = "<enc:enclosure rdf:resource=\"" + markup(url.text()) + "\"";
    if (!item.type.empty()) tag += " enc:type=\"" + markup(item.type) + "\"";
    if (item.length) tag += " enc:length=\"" + std::to_string(*item.length) + "\"";
    writer.line(4, tag + "/>");
  };
  write(item.url);
  for (const auto& mirror : item.mirrors) write(mirror);
}

void write_item(Writer& writer, const Item& item, const std::string& name) {
  writer.open("item", name);
  writer.field("title", item.title);
  writer.field("link", item.url.text());
  writer.optional_field("dc:creator", item.creator);
  writer.optional_field("dc:source", item.source);
  if (item.is_filler) writer.field("ev:type", "filler");
  if (item.is_live) writer.field("ev:type", "live");
  if (item.start) writer.field("ev:startdate", format_w3cdtf(*item.start));
  if (item.end) writer.field("ev:enddate", format_w3cdtf(*item.end));
  if (item.duration) writer.field("mm:duration", std::to_string(item.duration->count()));
  writer.optional_field("dc:format", item.type);
  if (item.root) writer.field("dc:identifier", item.root->urn());
  write_enclosures(writer, item);
  writer.close("item");
}

void write_textinput(Writer& writer, const http::Url& gateway) {
  writer.open("textinput", lookup_url(gateway));
  writer.field("title", "Gateway");
  writer.field("description", "Hash trees and sources of the files");
  writer.field("name", "uri");
  writer.field("link", lookup_url(gateway));
  writer.close("textinput");
}

}  // namespace

std::string write_rss(const Playlist& playlist, const std::string& about) {
  Writer writer;
  const auto names = distinct_names(playlist.items);
  write_channel(writer, playlist, about, names);
  for (std::size_t i = 0; i < playlist.items.size(); ++i) {
    write_item(writer, playlist.items[i], names[i]);
  }
  if (playlist.gateway) write_textinput(writer, *playlist.gateway);
  return std::move(writer).finish();
}

}  // namespace alluvium::playlist
