#include "gateway/broadcaster/check/report_text.hpp"

#include "core/base/text.hpp"
#include "core/time/w3cdtf.hpp"

#include <map>

#include <nlohmann/json.hpp>

namespace alluvium::broadcaster {

namespace {

/// Where everything is wrong for one reason, one need not read it a thousand times.
constexpr std::size_t most_of_a_kind = 10;

std::string counted(std::size_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string capitalised(std::string sentence) {
  if (!sentence.empty() && sentence[0] >= 'a' && sentence[0] <= 'z') {
    sentence[0] = static_cast<char>(sentence[0] - 'a' + 'A');
  }
  return sentence;
}

}  // namespace

std::string report_text(const StationReport& report, const Zone& zone) {
  std::string text;
  std::map<std::string, std::size_t> told;
  for (const Finding& finding : report.findings) {
    if (++told[finding.kind] > most_of_a_kind) continue;
    text += finding.severity == Severity::problem ? "Problem: " : "Doubt: ";
    if (finding.at) text += zone.text(*finding.at) + ": ";
    text += finding.at ? finding.sentence : capitalised(finding.sentence);
    if (!finding.url.empty()) text += " (" + printable(finding.url) + ")";
    text += "\n";
  }
  for (const auto& [kind, count] : told) {
    if (count <= most_of_a_kind) continue;
    text += "And " + std::to_string(count - most_of_a_kind) + " more of the kind \"" + kind +
            "\", which --json tells\n";
  }
  for (const WallTime day : report.unreached) {
    text += "Clocks are set on " + zone.text(day).substr(0, 14) +
            ", which the playlist does not reach yet: check again when it does\n";
  }
  const std::size_t problems = report.count(Severity::problem);
  const std::size_t doubts = report.count(Severity::doubt);
  text += problems == 0 ? "All will be heard: " : counted(problems, "problem") + ": ";
  text += counted(report.files, "file") + ", until " + zone.text(report.until);
  if (doubts > 0) text += ", " + counted(doubts, "doubt");
  return text + "\n";
}

std::string report_json(const StationReport& report, const Zone& zone) {
  nlohmann::json findings = nlohmann::json::array();
  for (const Finding& finding : report.findings) {
    nlohmann::json one{{"severity", finding.severity == Severity::problem ? "problem" : "doubt"},
                       {"kind", finding.kind},
                       {"sentence", finding.sentence}};
    if (finding.at) {
      one["at"] = format_w3cdtf(*finding.at);
      one["at_local"] = zone.text(*finding.at);
    }
    if (!finding.url.empty()) one["url"] = finding.url;
    findings.push_back(std::move(one));
  }
  const nlohmann::json all{{"station", report.station},
                           {"title", report.title},
                           {"checked_at", format_w3cdtf(report.checked_at)},
                           {"until", format_w3cdtf(report.until)},
                           {"zone", zone.name()},
                           {"files", report.files},
                           {"problems", report.count(Severity::problem)},
                           {"doubts", report.count(Severity::doubt)},
                           {"findings", std::move(findings)}};
  return all.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace alluvium::broadcaster
