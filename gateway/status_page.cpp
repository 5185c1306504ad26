#include "core/base/text.hpp"
#include "gateway/local_time.hpp"
#include "gateway/page/listener_chart.hpp"
#include "gateway/page/style.hpp"
#include "gateway/pages.hpp"

#include <algorithm>
#include <vector>

namespace alluvium::gateway {

namespace {

/// The page stays readable, and quickly made, with many thousands of files.
constexpr std::size_t most_rows = 200;

std::string cell(std::string_view text) {
  return "<td>" + escaped_markup(printable(text)) + "</td>";
}

std::string cell(std::uint64_t number) {
  return "<td class=\"number\">" + std::to_string(number) + "</td>";
}

/// A heading and a table under it; nothing without rows. `head` is HTML.
std::string table(std::string_view title, std::string_view head, const std::string& rows) {
  if (rows.empty()) return {};
  return "<h2>" + std::string(title) + "</h2>\n<div class=\"scroll\"><table><tr>" +
         std::string(head) + "</tr>\n" + rows + "</table></div>\n";
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
            cell(playlist ? playlist->items.size() : 0) + cell(state) + "</tr>\n";
  }
  return rows;
}

/// What a person calls a file: as a playlist does, or by its URL.
std::string name_of(const hash::TreeRoot& root, const GatewayState& state) {
  const auto file = state.registry.by_root(root);
  if (!file) return root.urn();
  const auto* item = state.stations.find(file->url);
  return item && !item->title.empty() ? item->display_title() : file->url.text();
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

std::string swarm_rows(const GatewayState& state) {
  auto files = state.listeners.files;
  std::stable_sort(files.begin(), files.end(),
                   [](const auto& a, const auto& b) { return a.listeners > b.listeners; });
  if (files.size() > most_rows) files.resize(most_rows);
  std::string rows;
  for (const auto& [root, listeners] : files) {
    const auto file = state.registry.by_root(root);
    const auto swarm = state.swarms.all().find(root);
    rows += "<tr>" + cell(name_of(root, state)) + cell(file ? file->url.text() : root.urn()) +
            cell(file ? human_bytes(file->facts.length) : "") + cell(listeners) +
            cell(swarm == state.swarms.all().end() ? 0 : swarm->second.complete_members()) +
            "</tr>\n";
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

std::string chart(const GatewayState& state) {
  auto samples = state.history.samples();
  samples.push_back(state.listeners);
  return listener_chart(samples, [&](const hash::TreeRoot& root) { return name_of(root, state); });
}

/// What was refused or failed, by cause; causes that did not come up are left out.
std::string refusal_rows(const GatewayState& state) {
  struct Row {
    const char* what;
    std::uint64_t count;
  };
  const Row rows[] = {
      {"questions about URLs that are not permitted", state.counters.refused_urls},
      {"questions about URLs that failed a moment ago", state.counters.refused_lately_failed},
      {"new URLs of clients that had asked for too many", state.counters.refused_client_budget},
      {"new URLs of origins of which too many were asked for",
       state.counters.refused_origin_budget},
      {"URLs for which there was no room in the queue", state.counters.refused_queue_full},
      {"fetches: the origin gave no answer", state.counters.failed_no_answer},
      {"fetches: the answer was no file", state.counters.failed_not_a_file},
      {"fetches: the file was too large", state.counters.failed_too_large},
      {"fetches: the type is not permitted", state.counters.failed_wrong_type},
      {"fetches: the origin had given enough for the day", state.counters.failed_origin_budget},
      {"announcements that make no sense", state.counters.malformed_announces},
      {"connect-backs that found nobody", state.counters.peers_unreachable},
      {"listeners that several others reported", state.leases.distrusted},
  };
  std::string html;
  for (const auto& [what, count] : rows) {
    if (count > 0) html += "<tr>" + cell(what) + cell(count) + "</tr>\n";
  }
  return html;
}

/// What listeners say of where they got what.
std::string origin_of_bytes(const ByteReports::Bytes& reported) {
  const auto whole = reported.from_peers + reported.from_origins;
  if (whole == 0) return {};
  // Of large numbers the product would not fit.
  const auto percent = static_cast<double>(reported.from_peers) * 100 / static_cast<double>(whole);
  return " Of " + human_bytes(whole) + " that listeners have had meanwhile, " +
         std::to_string(static_cast<int>(percent)) + " % came from other listeners, as they say.";
}

std::string summary(const GatewayState& state) {
  const auto problem = state.store.problem();
  return (problem.empty() ? ""
                          : "<p class=\"trouble\">" + escaped_markup(problem) +
                                "; what is learnt of files is kept in memory only.</p>\n") +
         "<p>" + std::to_string(state.registry.size()) + " files known, " +
         std::to_string(state.running_fetches) + " being fetched, " +
         std::to_string(state.swarms.peer_count()) + " listeners share " +
         std::to_string(state.swarms.all().size()) + " files; " +
         human_bytes(state.counters.fetched_bytes) + " were taken from origins." +
         origin_of_bytes(state.reported) + "</p>\n";
}

}  // namespace

std::string status_page(const GatewayState& state) {
  const auto picture = chart(state);
  return "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
         "<title>Alluvium gateway</title>\n<style>" +
         std::string(page_style()) + "</style></head><body>\n<h1>Alluvium gateway</h1>\n" +
         summary(state) + (state.succession == nullptr ? "" : companions_lines(*state.succession)) +
         table("Stations",
               "<th>Playlist</th><th>Title</th><th class=\"number\">Items</th><th>State</th>",
               station_rows(state.stations)) +
         table("Coming files that need attention",
               "<th>Due</th><th>Title</th><th>File</th><th>Problem</th>",
               trouble_rows(state.coming.troubles())) +
         (picture.empty() ? "" : "<h2>Listeners of each file</h2>\n" + picture) +
         table("Files being shared",
               "<th>Title</th><th>File</th><th>Size</th><th class=\"number\">Listeners</th>"
               "<th class=\"number\">Complete</th>",
               swarm_rows(state)) +
         table("Refused, or failed", "<th>What</th><th class=\"number\">How often</th>",
               refusal_rows(state)) +
         "</body></html>\n";
}

}  // namespace alluvium::gateway
