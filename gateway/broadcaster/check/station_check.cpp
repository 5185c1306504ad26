#include "gateway/broadcaster/check/station_check.hpp"

#include "core/base/text.hpp"
#include "gateway/broadcaster/check/file_check.hpp"
#include "gateway/broadcaster/check/playlist_check.hpp"

#include <algorithm>
#include <exception>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

namespace alluvium::broadcaster {

namespace {

/// One file and when it is first on air.
struct FileOnAir {
  const playlist::Item* item;
  WallTime at;
};

/// Each file once, in the order in which they are on air.
std::vector<FileOnAir> files_of(const playlist::Playlist& playlist,
                                const std::map<std::size_t, WallTime>& on_air) {
  std::vector<FileOnAir> files;
  for (const auto& [item, at] : on_air) files.push_back({&playlist.items[item], at});
  std::stable_sort(files.begin(), files.end(),
                   [](const auto& a, const auto& b) { return a.at < b.at; });
  std::set<std::pair<std::string_view, std::string>> seen;
  std::erase_if(files, [&](const FileOnAir& file) {
    const std::string root = file.item->root ? file.item->root->urn() : "";
    return !seen.emplace(file.item->url.text(), root).second;
  });
  return files;
}

/// Looks at files on several threads; the result has their order.
std::vector<CheckedFile> check_files(const std::vector<FileOnAir>& files,
                                     const FileCheckOptions& options, unsigned jobs,
                                     const WebMaker& make_web, Console& console) {
  std::vector<CheckedFile> checked(files.size());
  std::mutex mutex;
  std::size_t begun = 0;
  std::exception_ptr failure;
  const auto take = [&]() -> std::optional<std::size_t> {
    const std::lock_guard lock(mutex);
    if (begun == files.size() || failure) return std::nullopt;
    console.progress(begun + 1, files.size(), files[begun].item->url.text());
    return begun++;
  };
  const auto work = [&] {
    try {
      const auto web = make_web();
      while (const auto i = take()) {
        checked[*i] = check_file(*files[*i].item, files[*i].at, options, *web);
      }
    } catch (...) {
      const std::lock_guard lock(mutex);
      failure = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = std::min<std::size_t>(jobs, files.size()); i > 0; --i) {
      threads.emplace_back(work);
    }
  }
  console.end_progress();
  if (failure) std::rethrow_exception(failure);
  return checked;
}

/// How often each of several values comes, and when the first one after another is heard.
template <typename Value>
void check_mixture(const std::vector<FileOnAir>& files, const std::vector<Value>& values,
                   const char* kind, const std::string& consequence, Findings& findings) {
  std::map<Value, std::size_t> counts;
  std::optional<std::size_t> first_other;
  std::optional<Value> first;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] == Value{}) continue;
    ++counts[values[i]];
    if (!first) first = values[i];
    if (!first_other && values[i] != *first) first_other = i;
  }
  if (!first_other) return;
  std::string list;
  for (const auto& [value, count] : counts) {
    std::string text;
    if constexpr (std::is_same_v<Value, std::string>) {
      text = printable(value);
    } else {
      text = std::to_string(value) + " Hz";
    }
    list += (list.empty() ? "" : ", ") + std::to_string(count) + " of " + text;
  }
  findings.push_back({Severity::doubt, kind, files[*first_other].at,
                      files[*first_other].item->url.text(),
                      "the files are not all alike (" + list + "): " + consequence});
}

void check_mixtures(const std::vector<FileOnAir>& files, const std::vector<CheckedFile>& checked,
                    Findings& findings) {
  std::vector<std::string> types;
  std::vector<std::uint32_t> rates;
  for (const CheckedFile& file : checked) {
    types.push_back(file.type);
    rates.push_back(file.sample_rate);
  }
  check_mixture(files, types, "formats",
                "players are cut off, and have to come back, where the type changes", findings);
  check_mixture(files, rates, "sample-rates",
                "some players click or stop where the sample rate changes", findings);
}

/// The days on which clocks are set that lie beyond all that is planned.
std::vector<WallTime> unreached_days(const playlist::Schedule& schedule,
                                     const std::vector<Window>& windows) {
  std::vector<WallTime> unreached;
  for (std::size_t i = 1; i < windows.size(); ++i) {
    if (!schedule.on_air(windows[i].start) && !schedule.next_after(windows[i].start)) {
      unreached.push_back(windows[i].start);
    }
  }
  return unreached;
}

}  // namespace

StationReport check_station(const CheckOptions& options, WallTime now, const Zone& zone,
                            const WebMaker& make_web, Console& console) {
  StationReport report{.station = options.station, .title = {}, .checked_at = now};
  report.until = now + options.days;
  const auto web = make_web();
  const auto playlist = read_station(options.station, *web, report.findings);
  if (!playlist) return report;
  report.title = playlist->title;
  const playlist::Schedule schedule(*playlist);
  const auto windows = windows_to_check(zone, now, options.days);
  for (Finding& finding : check_air(*playlist, schedule, windows, zone)) {
    report.findings.push_back(std::move(finding));
  }
  // What nobody is to hear before the end of a loop is heard some day, too.
  const auto files = files_of(*playlist, items_on_air(*playlist, schedule, windows));
  report.files = files.size();
  report.unreached = unreached_days(schedule, windows);
  if (playlist->gateway && !files.empty()) {
    check_gateway(*playlist->gateway, *files.front().item, *web, report.findings);
  }
  const FileCheckOptions closely{.has_gateway = playlist->gateway.has_value(),
                                 .reads_whole = options.reads_whole};
  const auto checked = check_files(files, closely, options.jobs, make_web, console);
  for (const CheckedFile& file : checked) {
    report.findings.insert(report.findings.end(), file.findings.begin(), file.findings.end());
  }
  check_mixtures(files, checked, report.findings);
  std::stable_sort(report.findings.begin(), report.findings.end(),
                   [](const Finding& a, const Finding& b) { return a.at < b.at; });
  return report;
}

}  // namespace alluvium::broadcaster
