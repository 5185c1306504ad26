#include "gateway/broadcaster/programme.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <numeric>
#include <set>
#include <stdexcept>
#include <utility>

namespace alluvium::broadcaster {

namespace {

constexpr std::uint64_t max_feed_bytes = std::uint64_t{16} << 20;

/// Those that can be broadcast; of the others it is said why not.
std::vector<MeasuredFile> usable(std::deque<LibraryEntry> entries, Console& console) {
  std::vector<MeasuredFile> files;
  files.reserve(entries.size());
  // Each is let go of as soon as it has been looked at, so that none is there twice.
  for (; !entries.empty(); entries.pop_front()) {
    LibraryEntry& entry = entries.front();
    for (const std::string& note : entry.notes) console.note(note);
    if (entry.can_be_broadcast()) {
      files.push_back(std::move(entry.file));
    } else {
      console.note(printable(entry.file.name) + " is left out: " + entry.problem);
    }
  }
  return files;
}

std::vector<MeasuredFile> measured(const FoundFiles& found, const ScanOptions& scan,
                                   Console& console) {
  for (const std::string& note : found.notes) console.note(note);
  return usable(scan_library(found.files, scan, console), console);
}

/// A file on the web under the name of its address; nothing, and a note, if it cannot be had.
std::optional<MeasuredFile> web_file(const FeedEntry& entry, WebFiles& web, Console& console) {
  const std::string address = printable(entry.url.text());
  auto facts = web.facts_of(entry.url);
  if (!facts) {
    console.note(address + " is left out: " + facts.error().message);
    return std::nullopt;
  }
  if (!facts->duration && entry.duration) {
    facts->duration = entry.duration;
    console.note(address + " lasts as long as its feed says, as its own format does not tell");
  }
  if (!facts->duration) {
    console.note(address + " is left out: nothing says how long it lasts");
    return std::nullopt;
  }
  // Its server has no leaf row beside it, and may send other bytes tomorrow: a gateway names it.
  facts->root.reset();
  MeasuredFile file;
  file.name = entry.url.text();
  file.is_on_web = true;
  file.title = entry.title;
  file.creator = entry.creator;
  file.facts = FileOutline(*facts);
  return file;
}

/// Files by name while they are being collected: each is there once, however often it is named.
class Collection {
 public:
  explicit Collection(std::vector<MeasuredFile> files) {
    programme_.files = std::move(files);
    for (std::size_t i = 0; i < programme_.files.size(); ++i) {
      places_.emplace(programme_.files[i].name, i);
    }
  }

  void name(const std::string& name) {
    const auto place = places_.find(name);
    if (place != places_.end()) programme_.order.push_back(place->second);
  }
  void name(const FeedEntry& entry, WebFiles& web, Console& console) {
    const std::string& address = entry.url.text();
    if (!places_.contains(address) && !missing_.contains(address)) {
      if (auto file = web_file(entry, web, console)) {
        places_.emplace(address, programme_.files.size());
        programme_.files.push_back(std::move(*file));
      } else {
        missing_.insert(address);
      }
    }
    name(address);
  }
  [[nodiscard]] Programme take() { return std::move(programme_); }

 private:
  Programme programme_;
  std::map<std::string, std::size_t> places_;
  std::set<std::string> missing_;
};

}  // namespace

Programme read_folder(const std::filesystem::path& folder,
                      const std::function<bool(const FoundFile&)>& is_own, const ScanOptions& scan,
                      Console& console) {
  FoundFiles found = find_files(folder);
  std::erase_if(found.files, is_own);
  Programme programme;
  programme.files = measured(found, scan, console);
  programme.order.resize(programme.files.size());
  std::iota(programme.order.begin(), programme.order.end(), std::size_t{0});
  return programme;
}

Programme read_listed(const std::filesystem::path& list, const ScanOptions& scan, WebFiles& web,
                      Console& console) {
  const auto entries = read_list(list);
  if (!entries) throw std::runtime_error(entries.error().message);
  const std::filesystem::path folder = list.parent_path().empty() ? "." : list.parent_path();
  const ListedFiles listed = resolve_list(*entries, list, folder);
  for (const std::string& note : listed.notes) console.note(note);
  std::set<std::string> names;
  for (const ListedFile& file : listed.files) {
    if (!file.entry) names.insert(file.name);
  }
  const FoundFiles found = find_named_files(folder, {names.begin(), names.end()});
  Collection collection(measured(found, scan, console));
  for (std::size_t i = 0; i < listed.files.size(); ++i) {
    const ListedFile& file = listed.files[i];
    if (!file.entry) {
      collection.name(file.name);
      continue;
    }
    console.progress(i + 1, listed.files.size(), file.entry->url.text());
    collection.name(*file.entry, web, console);
  }
  console.end_progress();
  return collection.take();
}

Programme read_feed_entries(const Feed& feed, std::size_t most, WebFiles& web, Console& console) {
  Collection collection({});
  const std::size_t count = std::min(most, feed.entries.size());
  for (std::size_t i = count; i > 0; --i) {
    const FeedEntry& entry = feed.entries[i - 1];
    console.progress(count - i + 1, count, entry.url.text());
    collection.name(entry, web, console);
  }
  console.end_progress();
  return collection.take();
}

Feed fetch_feed(const http::Url& url, Web& web) {
  const auto answer = web.ask(request_for(url, max_feed_bytes));
  const std::string name = printable(url.text());
  if (const auto trouble = trouble_with(answer)) {
    throw std::runtime_error("the feed " + name + " cannot be had: " + *trouble);
  }
  const auto& response = std::get<http::WholeResponse>(answer);
  auto feed = parse_feed(response.body, response.head.url);
  if (!feed) throw std::runtime_error("the feed " + name + ": " + feed.error().message);
  return std::move(*feed);
}

void note_mixed_files(const std::vector<MeasuredFile>& files, Console& console) {
  std::set<std::string> types;
  std::set<std::uint32_t> rates;
  for (const MeasuredFile& file : files) {
    types.insert(file.facts.type);
    if (file.sample_rate != 0) rates.insert(file.sample_rate);
  }
  const auto listed = [](const auto& values, auto text) {
    std::string list;
    for (const auto& value : values) list += (list.empty() ? "" : ", ") + text(value);
    return list;
  };
  if (types.size() > 1) {
    console.note("The files are of several types (" +
                 listed(types, [](const std::string& type) { return type; }) +
                 "): players are cut off, and have to come back, whenever the type changes");
  }
  if (rates.size() > 1) {
    console.note("The files have several sample rates (" +
                 listed(rates, [](std::uint32_t rate) { return std::to_string(rate); }) +
                 " Hz): some players click or stop where it changes; `ffmpeg -i FILE -ar 44100 "
                 "NEW` makes them one");
  }
}

}  // namespace alluvium::broadcaster
