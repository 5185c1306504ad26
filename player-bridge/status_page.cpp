#include "core/base/text.hpp"
#include "core/time/w3cdtf.hpp"
#include "player-bridge/status.hpp"

namespace alluvium::bridge {

namespace {

std::string row(std::string_view name, std::string_view value) {
  return "<tr><th>" + std::string(name) + "</th><td>" + escaped_markup(value) + "</td></tr>\n";
}

std::string described(const std::optional<ItemStatus>& item, std::string_view nothing) {
  if (!item) return std::string(nothing);
  std::string text = item->title + ", from " + format_w3cdtf(item->started);
  if (item->ends) text += " to " + format_w3cdtf(*item->ends);
  return text;
}

std::string can_be_reached(std::optional<bool> reachable) {
  if (!reachable) return "not known yet";
  return *reachable ? "yes" : "no";
}

}  // namespace

std::string status_page(const ListenerStatus& status) {
  const swarm::Statistics& bytes = status.bytes;
  std::string page =
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width\">"
      "<meta http-equiv=\"refresh\" content=\"5\">"
      "<title>" +
      escaped_markup(status.station) +
      "</title>"
      "<style>body{font:16px/1.5 sans-serif;max-width:44em;margin:2em auto;padding:0 1em;"
      "color-scheme:light dark}th{text-align:left;padding-right:1.5em;vertical-align:top;"
      "font-weight:normal;opacity:.7;white-space:nowrap}li{color:#b03000}</style></"
      "head><body>\n<h1>" +
      escaped_markup(status.station) + "</h1>\n";
  if (!status.problems.empty()) {
    page += "<ul>\n";
    for (const swarm::Problem& problem : status.problems) {
      page += "<li>" + escaped_markup(problem.text) + " (since " + format_w3cdtf(problem.since) +
              ")</li>\n";
    }
    page += "</ul>\n";
  }
  page += "<table>\n";
  page += row("On air", described(status.item, "nothing"));
  page += row("Next", described(status.next, "nothing"));
  page += row("Stream", status.stream_url);
  page += row("Ahead", std::to_string(static_cast<long>(status.buffer_seconds)) + " s");
  page += row("Chunks of this item",
              std::to_string(status.chunks_held) + " of " + std::to_string(status.chunks_total));
  page += row("From other listeners", human_bytes(bytes.peer_bytes));
  page += row("From the origin", human_bytes(bytes.origin_bytes));
  page += row("From the cache", human_bytes(bytes.cache_bytes));
  page += row("Sent to others", human_bytes(bytes.uploaded_bytes));
  if (bytes.unverified_bytes > 0) page += row("Unverified", human_bytes(bytes.unverified_bytes));
  page += row("False chunks refused", std::to_string(bytes.rejected_chunks));
  page += row("Other listeners known", std::to_string(status.peers));
  page += row("Players", std::to_string(status.players));
  page += row("Sharing", status.sharing);
  page += row("Can others reach you?", can_be_reached(status.reachable));
  return page + "</table>\n</body></html>\n";
}

}  // namespace alluvium::bridge
