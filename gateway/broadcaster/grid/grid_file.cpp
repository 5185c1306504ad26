#include "gateway/broadcaster/grid/grid_file.hpp"

#include "core/base/text.hpp"
#include "gateway/broadcaster/base_url.hpp"

#include <array>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

#include <toml++/toml.h>

namespace alluvium::broadcaster {

namespace {

constexpr std::size_t most_bytes = std::size_t{1} << 20;
constexpr std::size_t most_shows = 2'000;

std::runtime_error at_line(const toml::source_region& where, const std::string& problem) {
  return std::runtime_error("line " + std::to_string(where.begin.line) + ": " + problem);
}

/// Reads the values of one table and knows which keys there are. What is wrong is thrown, and
/// becomes a Result at the end of this file.
class Table {
 public:
  Table(const toml::table& table, std::vector<std::string_view> keys) : table_(table) {
    for (const auto& [key, node] : table) {
      const std::string_view word = key.str();
      if (std::find(keys.begin(), keys.end(), word) != keys.end()) continue;
      std::string problem = "there is no " + printable(word) + " here";
      if (const auto near = nearest(word, keys))
        problem += "; did you mean " + std::string(*near) + "?";
      throw at_line(key.source(), problem);
    }
  }

  [[nodiscard]] std::string text(std::string_view key) const {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return {};
    const auto* value = node->as_string();
    if (value == nullptr) throw wrong(key, "a text in quotation marks");
    return value->get();
  }
  [[nodiscard]] std::string required(std::string_view key, const char* example) const {
    std::string value = text(key);
    if (!value.empty()) return value;
    throw at_line(table_.source(), std::string(key) + " is missing, such as " + std::string(key) +
                                       " = \"" + example + "\"");
  }
  [[nodiscard]] std::int64_t number(std::string_view key, std::int64_t otherwise,
                                    std::int64_t least, std::int64_t most) const {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return otherwise;
    const auto* value = node->as_integer();
    if (value != nullptr && value->get() >= least && value->get() <= most) return value->get();
    throw wrong(key, "a number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  [[nodiscard]] bool truth(std::string_view key, bool otherwise) const {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return otherwise;
    if (const auto* value = node->as_boolean()) return value->get();
    throw wrong(key, "true or false");
  }
  /// One text, or a list of them.
  [[nodiscard]] std::vector<std::string> texts(std::string_view key) const {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return {};
    if (node->is_string()) return {text(key)};
    const auto* list = node->as_array();
    if (list == nullptr) throw wrong(key, "a text or a list of texts");
    std::vector<std::string> values;
    for (const toml::node& value : *list) {
      if (!value.is_string()) throw wrong(key, "a list of texts");
      values.push_back(value.as_string()->get());
    }
    return values;
  }
  [[nodiscard]] std::optional<std::chrono::seconds> time_of_day(std::string_view key) const {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return std::nullopt;
    if (const auto* time = node->as_time()) {
      return std::chrono::hours(time->get().hour) + std::chrono::minutes(time->get().minute) +
             std::chrono::seconds(time->get().second);
    }
    const auto* value = node->as_string();
    const auto time = value ? parse_time_of_day(value->get()) : std::nullopt;
    if (!time) throw wrong(key, "a time such as \"18:30\"");
    return time;
  }
  [[nodiscard]] std::optional<std::chrono::seconds> length(std::string_view key) const {
    const std::string value = text(key);
    if (value.empty()) return std::nullopt;
    const auto length = parse_length(value);
    if (!length) throw wrong(key, "a length such as \"1h30m\"");
    return length;
  }
  [[nodiscard]] Order order(std::string_view key, Order otherwise) const {
    const std::string value = text(key);
    if (value.empty()) return otherwise;
    const auto order = parse_order(value);
    if (!order) throw wrong(key, "name, tags or shuffle");
    return *order;
  }
  [[nodiscard]] std::runtime_error wrong(std::string_view key, const std::string& wanted) const {
    return at_line(table_.get(key)->source(), std::string(key) + " is to be " + wanted);
  }

 private:
  const toml::table& table_;
};

std::bitset<7> days_of(const Table& table) {
  static constexpr std::array names{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
  const auto words = table.texts("on");
  std::bitset<7> days;
  if (words.empty()) return days.set();
  for (const std::string& word : words) {
    const std::string day = to_lower(word);
    const auto at = std::find(names.begin(), names.end(), std::string_view(day).substr(0, 3));
    if (day == "daily") {
      days.set();
    } else if (day == "weekdays") {
      for (std::size_t i = 1; i <= 5; ++i) days.set(i);
    } else if (day == "weekend") {
      days.set(0).set(6);
    } else if (at != names.end()) {
      days.set(static_cast<std::size_t>(at - names.begin()));
    } else {
      throw table.wrong("on",
                        "days such as [\"mon\", \"fri\"], or \"daily\", \"weekdays\", "
                        "\"weekend\"");
    }
  }
  return days;
}

Show show_of(const toml::table& toml) {
  const Table table(
      toml, {"name", "on", "at", "until", "for", "play", "start", "items", "order", "jingles"});
  Show show;
  show.play = table.required("play", "shows/morning");
  show.name = table.text("name").empty() ? show.play : table.text("name");
  show.on = days_of(table);
  const auto at = table.time_of_day("at");
  if (!at) throw at_line(toml.source(), "at is missing, such as at = \"18:30\"");
  show.at = *at;
  show.until = table.time_of_day("until");
  show.lasts = table.length("for");
  if (show.until && show.lasts) throw table.wrong("for", "left out where there is an until");
  const std::string start = table.text("start");
  if (!start.empty() && start != "hard" && start != "soft") {
    throw table.wrong("start", "\"hard\" or \"soft\"");
  }
  show.is_hard = start != "soft";
  show.items = static_cast<std::size_t>(table.number("items", 0, 1, 10'000));
  show.order = table.order("order", Order::given);
  show.has_jingles = table.truth("jingles", false);
  return show;
}

http::Url url_in(const Table& table, std::string_view key, const Result<http::Url>& url) {
  if (url) return *url;
  throw table.wrong(key, "an address: " + url.error().message);
}

Grid grid_of(const toml::table& toml, const std::filesystem::path& beside) {
  const Table table(
      toml, {"title", "zone", "folder", "base", "gateway", "output", "days", "past_days", "hold",
             "seed", "sealed", "fill", "fill_order", "filler", "jingles", "jingle_every", "show"});
  Grid grid;
  grid.title = table.required("title", "My Radio");
  grid.zone = table.required("zone", "Europe/Berlin");
  grid.folder = beside / table.required("folder", "music");
  grid.base =
      url_in(table, "base", parse_base_url(table.required("base", "https://me.example/music")));
  if (const std::string gateway = table.text("gateway"); !gateway.empty()) {
    grid.gateway = url_in(table, "gateway", parse_gateway_url(gateway));
  }
  const std::string output = table.text("output");
  grid.output = output.empty() ? grid.folder / "playlist.rss" : beside / output;
  grid.days = std::chrono::days(table.number("days", 7, 1, 60));
  grid.past = std::chrono::days(table.number("past_days", 1, 1, 60));
  if (const auto hold = table.length("hold")) {
    grid.hold = std::chrono::floor<std::chrono::minutes>(*hold);
  }
  grid.seed = static_cast<std::uint64_t>(table.number("seed", 1, 0, INT64_MAX));
  grid.is_sealed = table.truth("sealed", false);
  grid.fill = table.text("fill");
  grid.fill_order = table.order("fill_order", Order::shuffle);
  grid.filler = table.text("filler");
  grid.jingles = table.text("jingles");
  grid.jingle_every = static_cast<std::size_t>(table.number("jingle_every", 4, 1, 1'000));
  if (const toml::node* shows = toml.get("show")) {
    const auto* list = shows->as_array();
    if (list == nullptr || !list->is_array_of_tables()) {
      throw at_line(shows->source(), "a show begins with [[show]]");
    }
    if (list->size() > most_shows) throw at_line(shows->source(), "there are too many shows");
    for (const toml::node& show : *list) grid.shows.push_back(show_of(*show.as_table()));
  }
  if (grid.shows.empty() && grid.fill.empty()) {
    throw std::runtime_error("there is neither a [[show]] nor a fill, so nothing would be heard");
  }
  return grid;
}

}  // namespace

Result<Grid> parse_grid(std::string_view toml, const std::filesystem::path& folder) {
  try {
    return grid_of(toml::parse(toml), folder);
  } catch (const toml::parse_error& error) {
    return Error{at_line(error.source(), printable(error.description())).what()};
  } catch (const std::runtime_error& error) {
    return Error{error.what()};
  }
}

Result<Grid> read_grid(const std::filesystem::path& file) {
  const std::string name = printable(file.string());
  std::error_code error;
  const auto bytes = std::filesystem::file_size(file, error);
  std::ifstream stream(file, std::ios::binary);
  if (error || !stream) return Error{name + " cannot be read"};
  if (bytes > most_bytes) return Error{name + " has more than " + human_bytes(most_bytes)};
  const std::string text(std::istreambuf_iterator<char>(stream), {});
  auto grid = parse_grid(text, file.parent_path());
  if (!grid) return Error{name + ", " + grid.error().message};
  return grid;
}

}  // namespace alluvium::broadcaster
