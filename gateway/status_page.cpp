#include "core/base/text.hpp"
#include "gateway/local_time.hpp"
#include "gateway/pages.hpp"

namespace alluvium::gateway {

namespace {

/// The page stays readable, and quickly made, with many thousands of files.
constexpr std::size_t most_rows = 200;

std::string cell(std::string_view text) {
  return "<td>" + escaped_markup(printable(text)) + "</td>";
}

std::string station_rows(const Stations& stations) {
  std::string rows;
  for (const auto& station : stations.all()) {
    const auto& playlist = station->playlist();
    std::string state = station->was_looked_at() ? "ok" : "not read yet";
    if (!station->problem().empty()) {
      state = station->problem() + (playlist ? "; the last good playlist stays" : "");
    }
    rows += "<tr>" + cell(station->url().text()) + cell(playlist ? playlist->title : "") +
            cell(playlist ? std::to_string(playlist->items.size()) : "") + cell(state) + "</tr>\n";
  }
  return rows;
}

std::string trouble_rows(const std::vector<ComingTrouble>& troubles) {
  std::string rows;
  std::size_t count = 0;
  for (const auto& trouble : troubles) {
    if (++count > most_rows) break;
    rows += "<tr>" + cell(trouble.due ? local_time(*trouble.due) : "at any time") +
            cell(trouble.title) + cell(trouble.url.text()) + cell(trouble.text) + "</tr>\n";
  }
  return rows;
}

/// Nothing if all is well.
std::string trouble_table(const std::vector<ComingTrouble>& troubles) {
  if (troubles.empty()) return {};
  return "<h2>Coming files that need attention</h2>\n<table>"
         "<tr><th>Due</th><th>Title</th><th>File</th><th>Problem</th></tr>\n" +
         trouble_rows(troubles) + "</table>\n";
}

std::string swarm_rows(const GatewayState& state) {
  std::string rows;
  std::size_t count = 0;
  for (const auto& [root, swarm] : state.swarms.all()) {
    if (++count > most_rows) break;
    const auto file = state.registry.by_root(root);
    rows += "<tr>" + cell(file ? file->url.text() : root.urn()) +
            cell(file ? human_bytes(file->facts.length) : "") + cell(std::to_string(swarm.size())) +
            cell(std::to_string(swarm.complete_members())) + "</tr>\n";
  }
  return rows;
}

/// Who of several gateways leads, and whether all is well with what they share.
std::string companions_lines(const Succession& succession) {
  const Companions& companions = succession.companions();
  const std::string& leader = companions.seat().url;
  std::string text = companions.leads() ? "This gateway leads those of its name."
                     : leader.empty()   ? "No gateway leads."
                                        : "The gateway at " + leader + " leads.";
  if (companions.is_store_lost()) {
    text +=
        " The Redis that they share does not answer: this gateway goes on from memory, and "
        "whoever leads goes on leading.";
  }
  return "<p>" + escaped_markup(printable(text)) + "</p>\n";
}

}  // namespace

std::string status_page(const GatewayState& state) {
  return "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
         "<title>Alluvium gateway</title></head><body>\n<h1>Alluvium gateway</h1>\n<p>" +
         std::to_string(state.registry.size()) + " files known, " +
         std::to_string(state.running_fetches) + " being fetched, " +
         std::to_string(state.swarms.peer_count()) + " listeners share " +
         std::to_string(state.swarms.all().size()) + " files; " +
         human_bytes(state.counters.fetched_bytes) + " were taken from origins.</p>\n" +
         (state.succession == nullptr ? "" : companions_lines(*state.succession)) +
         "<h2>Stations</h2>\n<table>"
         "<tr><th>Playlist</th><th>Title</th><th>Items</th><th>State</th></tr>\n" +
         station_rows(state.stations) + "</table>\n" + trouble_table(state.coming.troubles()) +
         "<h2>Files being shared</h2>\n<table>"
         "<tr><th>File</th><th>Size</th><th>Listeners</th><th>Complete</th></tr>\n" +
         swarm_rows(state) + "</table>\n</body></html>\n";
}

}  // namespace alluvium::gateway
