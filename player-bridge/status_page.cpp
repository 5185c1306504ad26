#include "core/base/text.hpp"
#include "core/time/w3cdtf.hpp"
#include "player-bridge/page/files.hpp"
#include "player-bridge/status.hpp"

#include <map>

namespace alluvium::bridge {

namespace {

using Values = std::map<std::string, std::string, std::less<>>;

/// `{{name}}` replaced by the value of that name, in one pass: what a value contains is not looked
/// at again.
std::string filled(std::string_view form, const Values& values) {
  std::string text;
  for (;;) {
    const std::size_t begin = form.find("{{");
    const std::size_t end = form.find("}}", begin);
    if (end == std::string_view::npos) return text.append(form);
    text.append(form.substr(0, begin));
    const auto value = values.find(form.substr(begin + 2, end - begin - 2));
    if (value != values.end()) text += value->second;
    form.remove_prefix(end + 2);
  }
}

std::string row(std::string_view name, std::string_view value) {
  return "<tr><th scope=\"row\">" + std::string(name) + "</th><td>" + escaped_markup(value) +
         "</td></tr>\n";
}

std::string described(const std::optional<ItemStatus>& item) {
  if (!item) return "nothing";
  std::string text = item->title + ", from " + format_w3cdtf(item->started);
  if (item->ends) text += " to " + format_w3cdtf(*item->ends);
  return text;
}

/// What a browser without scripts shows.
std::string plain_table(const ListenerStatus& status) {
  const swarm::Statistics& bytes = status.bytes;
  std::string rows = row("On air", described(status.item)) + row("Next", described(status.next));
  rows += row("Stream", status.stream_url);
  rows += row("Ahead", std::to_string(static_cast<long>(status.buffer_seconds)) + " s");
  rows += row("Chunks of this item",
              std::to_string(status.chunks_held) + " of " + std::to_string(status.chunks_total));
  rows += row("From other listeners", human_bytes(bytes.peer_bytes));
  rows += row("From the origin", human_bytes(bytes.origin_bytes));
  rows += row("From the cache", human_bytes(bytes.cache_bytes));
  if (bytes.unverified_bytes > 0) rows += row("Unverified", human_bytes(bytes.unverified_bytes));
  rows += row("Sent to others", human_bytes(bytes.uploaded_bytes));
  rows += row("False chunks refused", std::to_string(bytes.rejected_chunks));
  rows += row("Other listeners known", std::to_string(status.peers));
  rows += row("Players", std::to_string(status.players));
  rows += row("Sharing", status.sharing);
  return rows + row("Can others reach you?",
                    std::string(saying(status.reach.answer)) + ". " + status.reach.why);
}

std::string problem_list(const std::vector<swarm::Problem>& problems) {
  std::string items;
  for (const swarm::Problem& problem : problems) {
    items += "<li>" + escaped_markup(problem.text) + " (since " + format_w3cdtf(problem.since) +
             ")</li>\n";
  }
  return items;
}

/// Nothing if there is only one.
std::string station_links(const std::vector<StationLink>& stations) {
  if (stations.empty()) return {};
  std::string list;
  for (const StationLink& station : stations) {
    const std::string name = station.name.empty() ? station.path : station.name;
    list += "<li><a href=\"" + escaped_markup(station.path) + "\"" +
            (station.is_this_one ? " aria-current=\"page\"" : "") + ">" + escaped_markup(name) +
            "</a></li>\n";
  }
  return "<nav class=\"stations\" aria-label=\"Stations\"><ul>\n" + list + "</ul></nav>\n";
}

/// `off`, `unlimited` or bits a second, as `POST /sharing` takes it.
std::string rate_text(const std::optional<peer::UploadBudget>& upload) {
  if (!upload) return "off";
  const auto rate = upload->bits_per_second();
  return rate ? std::to_string(*rate) : "unlimited";
}

}  // namespace

std::string status_page(const ListenerStatus& status, const std::string& token) {
  const ItemStatus nothing;
  const ItemStatus& item = status.item.value_or(nothing);
  const char* const kind = !status.item ? "" : item.is_filler ? "Between programmes" : "On air";
  const std::string station = status.station.empty() ? "Alluvium" : status.station;
  return filled(page::html(), {{"station", escaped_markup(station)},
                               {"kind", kind},
                               {"name", escaped_markup(item.name)},
                               {"creator", escaped_markup(item.creator)},
                               {"stations", station_links(status.stations)},
                               {"table", plain_table(status)},
                               {"problems", problem_list(status.problems)},
                               {"if-problems", status.problems.empty() ? "" : "hidden"},
                               {"if-none", status.problems.empty() ? "hidden" : ""},
                               {"rate", rate_text(status.upload)},
                               {"token", escaped_markup(token)},
                               {"revision", escaped_markup(status.page_revision)}});
}

}  // namespace alluvium::bridge
