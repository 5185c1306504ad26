#include "gateway/broadcaster/check/playlist_check.hpp"

#include "core/base/text.hpp"
#include "core/playlist/rss_reader.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace alluvium::broadcaster {

namespace {

void add(Findings& findings, Severity severity, const char* kind, std::string sentence) {
  findings.push_back({severity, kind, std::nullopt, {}, std::move(sentence)});
}

bool is_on_web(const std::string& station) {
  const std::string start = to_lower(std::string_view(station).substr(0, 8));
  return start.starts_with("http://") || start.starts_with("https://");
}

/// A file has no address of its own that those in it could be relative to (RFC 2606: never a host).
constexpr std::string_view no_host = "a-file.invalid";

/// A playlist's text, and where relative addresses in it begin.
struct PlaylistText {
  std::string text;
  http::Url base;
};

void check_headers(const http::Headers& headers, Findings& findings) {
  static constexpr std::array good{
      "application/x-alluvium", "application/rss+xml",      "application/rdf+xml", "text/xml",
      "application/xml",        "application/octet-stream", "text/plain"};
  std::string type = to_lower(headers.find("Content-Type").value_or(""));
  type = trimmed(std::string_view(type).substr(0, type.find(';')));
  if (std::find(good.begin(), good.end(), type) == good.end()) {
    add(findings, Severity::doubt, "type",
        "the playlist is served as " + (type.empty() ? "nothing known" : printable(type)) +
            "; it is to be application/x-alluvium");
  }
  if (!headers.has("ETag") && !headers.has("Last-Modified")) {
    add(findings, Severity::doubt, "validators",
        "the playlist is served without ETag and Last-Modified, so that every listener fetches all "
        "of it every minute");
  }
}

std::optional<PlaylistText> text_from_web(const std::string& station, Web& web,
                                          Findings& findings) {
  const auto url = http::Url::parse(station);
  if (!url) {
    add(findings, Severity::problem, "playlist", url.error().message);
    return std::nullopt;
  }
  auto answer = web.ask(request_for(*url, playlist::max_playlist_bytes));
  if (const auto trouble = trouble_with(answer)) {
    add(findings, Severity::problem, "playlist", "the playlist cannot be had: " + *trouble);
    return std::nullopt;
  }
  auto& response = std::get<http::WholeResponse>(answer);
  check_headers(response.head.headers, findings);
  return PlaylistText{std::move(response.body), response.head.url};
}

std::optional<PlaylistText> text_from_disk(const std::string& path, Findings& findings) {
  std::error_code error;
  std::ifstream file(path, std::ios::binary);
  const auto length = std::filesystem::file_size(path, error);
  if (!file || error) {
    add(findings, Severity::problem, "playlist", printable(path) + " cannot be read");
    return std::nullopt;
  }
  if (length > playlist::max_playlist_bytes) {
    add(findings, Severity::problem, "playlist",
        printable(path) + " has " + human_bytes(length) + ", and listeners read " +
            human_bytes(playlist::max_playlist_bytes) + " at most");
    return std::nullopt;
  }
  return PlaylistText{std::string(std::istreambuf_iterator<char>(file), {}),
                      http::Url::parse("http://" + std::string(no_host) + "/").value()};
}

}  // namespace

std::optional<playlist::Playlist> read_station(const std::string& station, Web& web,
                                               Findings& findings) {
  const auto text = is_on_web(station) ? text_from_web(station, web, findings)
                                       : text_from_disk(station, findings);
  if (!text) return std::nullopt;
  auto read = playlist::read_rss(text->text, text->base);
  if (!read) {
    // Most errors name what they are about.
    const std::string& why = read.error().message;
    const bool names_it = why.starts_with("the playlist");
    add(findings, Severity::problem, "playlist",
        names_it ? why : "the playlist cannot be read: " + why);
    return std::nullopt;
  }
  for (const std::string& warning : read->warnings) {
    add(findings, Severity::doubt, "playlist", "the playlist, " + warning);
  }
  if (read->playlist.items.empty()) {
    add(findings, Severity::problem, "playlist", "the playlist has no items");
  }
  const auto& items = read->playlist.items;
  const auto is_relative = [](const playlist::Item& item) { return item.url.host() == no_host; };
  if (std::any_of(items.begin(), items.end(), is_relative)) {
    add(findings, Severity::problem, "playlist",
        "the playlist names its files relative to its own address: check that instead of the file");
    return std::nullopt;
  }
  return std::move(read->playlist);
}

void check_gateway(const http::Url& gateway, const playlist::Item& item, Web& web,
                   Findings& findings) {
  constexpr std::uint64_t max_answer_bytes = std::uint64_t{4} << 20;
  std::string base = gateway.text();
  if (base.ends_with('/')) base.pop_back();
  const auto lookup =
      http::Url::parse(base + "/gateway/head?uri=" + percent_encoded(item.url.text()));
  if (!lookup) return add(findings, Severity::problem, "gateway", lookup.error().message);
  const std::string name = "the gateway " + printable(base);
  const auto answer = web.ask(request_for(*lookup, max_answer_bytes));
  if (const auto* error = std::get_if<http::TransferError>(&answer)) {
    return add(findings, Severity::problem, "gateway",
               name + " cannot be asked: " + failure_words(*error));
  }
  const auto& response = std::get<http::WholeResponse>(answer);
  if (response.head.status == 202) return;  // It is fetching the file.
  if (response.head.status == 404 || response.head.status == 403) {
    return add(findings, Severity::problem, "gateway",
               name +
                   " does not know the station's files: start it with --station and the "
                   "playlist's address");
  }
  if (response.head.status != 200) {
    return add(findings, Severity::problem, "gateway",
               name + " answers " + status_words(response.head.status));
  }
  for (const auto value : response.head.headers.find_all("X-Content-URN")) {
    const auto root = hash::TreeRoot::from_urn(trimmed(value));
    if (root && item.root && *root != *item.root) {
      add(findings, Severity::problem, "gateway",
          name + " has seen another file at " + printable(item.url.text()) +
              " than the playlist names");
    }
  }
}

}  // namespace alluvium::broadcaster
