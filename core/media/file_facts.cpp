#include "core/media/file_facts.hpp"

#include "core/media/scale.hpp"

#include <algorithm>
#include <iterator>

#include <nlohmann/json.hpp>

namespace alluvium::media {

namespace {

using Json = nlohmann::json;

constexpr std::size_t max_json_bytes = 4 * 1024 * 1024;
constexpr std::size_t max_json_depth = 8;
constexpr std::uint64_t century_ms = 3'155'760'000'000;

/// Fills FileFacts event by event, so that no document is built from what others sent. Each
/// handler returns whether to go on; `problem()` says why not.
class FactsReader final : public nlohmann::json_sax<Json> {
 public:
  [[nodiscard]] const std::string& problem() const { return problem_; }
  [[nodiscard]] Result<FileFacts> take();

  bool start_object(std::size_t) override {
    if (depth_ > 0 && !other("an object")) return false;
    return enter();
  }
  bool end_object() override { return leave(); }
  bool start_array(std::size_t) override {
    if (depth_ == 0) return fail("it is not an object");
    if (depth_ == 1) {
      if (!is_list() && !other("a list")) return false;
      clear_list();
    } else if (!other("a list")) {
      return false;
    }
    return enter();
  }
  bool end_array() override { return leave(); }
  bool key(string_t& name) override {
    if (depth_ == 1) key_ = name;
    return true;
  }

  bool string(string_t& text) override;
  bool number_unsigned(number_unsigned_t number) override;
  bool null() override { return other("null"); }
  bool boolean(bool) override { return other("true or false"); }
  bool number_integer(number_integer_t) override { return other("a negative number"); }
  bool number_float(number_float_t, const string_t&) override { return other("a fraction"); }
  bool binary(binary_t&) override { return other("binary data"); }
  bool parse_error(std::size_t position, const std::string&, const Json::exception&) override {
    return fail("it is not JSON at byte " + std::to_string(position));
  }

 private:
  bool fail(std::string problem) {
    if (problem_.empty()) problem_ = std::move(problem);
    return false;
  }
  bool enter() { return ++depth_ <= max_json_depth || fail("it is nested too deeply"); }
  bool leave() {
    --depth_;
    return true;
  }

  [[nodiscard]] std::string* text_field();
  [[nodiscard]] std::vector<std::string>* text_list();
  [[nodiscard]] bool is_number() const { return key_ == "length" || key_ == "duration_ms"; }
  [[nodiscard]] bool is_name() const { return key_ == "urn" || key_ == "sha256"; }
  [[nodiscard]] bool is_list() {
    return key_ == "seconds" || key_ == "links" || text_list() != nullptr;
  }
  [[nodiscard]] bool is_known() {
    return is_number() || is_name() || is_list() || text_field() != nullptr;
  }
  /// A value where something else belongs; fields that are not known may hold anything.
  bool other(const char* what) {
    if (depth_ == 0) return fail("it is not an object");
    return !is_known() || fail("\"" + key_ + "\" must not be " + what);
  }
  void clear_list() {
    if (key_ == "seconds") facts_.seconds.clear();
    if (key_ == "links") links_.clear();
    if (auto* list = text_list()) list->clear();
  }

  bool add_second(std::uint64_t offset);

  FileFacts facts_;
  std::vector<std::uint64_t> links_;  ///< Offset and time in turn.
  bool has_length_ = false;
  std::string key_;  ///< Of the outermost object.
  std::size_t depth_ = 0;
  std::string problem_;
};

std::string* FactsReader::text_field() {
  if (key_ == "uri") return &facts_.uri;
  if (key_ == "type") return &facts_.type;
  if (key_ == "etag") return &facts_.etag;
  if (key_ == "last_modified") return &facts_.last_modified;
  return nullptr;
}

std::vector<std::string>* FactsReader::text_list() {
  if (key_ == "peers") return &facts_.peers;
  if (key_ == "mirrors") return &facts_.mirrors;
  return nullptr;
}

bool FactsReader::string(string_t& text) {
  const bool in_list = depth_ == 2;
  if (auto* list = text_list(); list != nullptr && in_list) {
    list->push_back(std::move(text));
    return true;
  }
  if (depth_ != 1) return other("text");
  if (auto* field = text_field()) {
    *field = std::move(text);
    return true;
  }
  if (key_ == "urn") {
    facts_.root = hash::TreeRoot::from_urn(text);
    return facts_.root.has_value() || fail("its \"urn\" is not the name of a tree");
  }
  if (key_ == "sha256") {
    facts_.sha256 = hash::digest_from_hex(text);
    return facts_.sha256.has_value() || fail("its \"sha256\" is not 64 hexadecimal digits");
  }
  return other("text");
}

bool FactsReader::add_second(std::uint64_t offset) {
  if (facts_.seconds.size() == max_seconds) return fail("it has too many seconds");
  if (!facts_.seconds.empty() && offset < facts_.seconds.back()) {
    return fail("its seconds are not in order");
  }
  facts_.seconds.push_back(offset);
  return true;
}

bool FactsReader::number_unsigned(number_unsigned_t number) {
  if (depth_ == 2 && key_ == "seconds") return add_second(number);
  if (depth_ == 2 && key_ == "links") {
    links_.push_back(number);
    return links_.size() <= 2 * max_links || fail("it has too many links");
  }
  if (depth_ != 1 || !is_number()) return other("a number");
  if (key_ == "length") {
    facts_.length = number;
    has_length_ = true;
    return number <= hash::max_file_bytes || fail("it is of a file longer than 16 GiB");
  }
  if (number > century_ms) return fail("its duration is impossible");
  facts_.duration = std::chrono::milliseconds(number);
  return true;
}

/// What can only be judged as a whole.
Result<FileFacts> FactsReader::take() {
  const auto bad = [](const char* why) { return Error{why}; };
  if (!has_length_) return bad("it names no length");
  if (!facts_.seconds.empty() && facts_.seconds.back() > facts_.length) {
    return bad("its seconds lie beyond its length");
  }
  if (links_.size() % 2 != 0) return bad("its links are not pairs of offset and time");
  LinkStart before;
  for (std::size_t i = 0; i < links_.size(); i += 2) {
    if (links_[i] > facts_.length) return bad("its links lie beyond its length");
    if (links_[i + 1] > century_ms) return bad("its links have impossible times");
    const LinkStart link{links_[i], std::chrono::milliseconds(links_[i + 1])};
    if (link.offset <= before.offset || link.time < before.time) {
      return bad("its links are not in order");
    }
    facts_.links.push_back(link);
    before = link;
  }
  return std::move(facts_);
}

}  // namespace

std::string to_json(const FileFacts& facts) {
  Json json = Json::object();
  const auto put = [&](const char* key, const auto& value) {
    if (!value.empty()) json[key] = value;
  };
  put("uri", facts.uri);
  if (facts.root) json["urn"] = facts.root->urn();
  if (facts.sha256) json["sha256"] = hash::hex(*facts.sha256);
  json["length"] = facts.length;
  put("type", facts.type);
  put("etag", facts.etag);
  put("last_modified", facts.last_modified);
  if (facts.duration) json["duration_ms"] = facts.duration->count();
  put("seconds", facts.seconds);
  for (const LinkStart& link : facts.links) {
    json["links"].push_back(link.offset);
    json["links"].push_back(link.time.count());
  }
  // A gateway's answer says so when there is nobody; a sidecar does not speak of others at all.
  if (facts.root) {
    json["peers"] = facts.peers;
    json["mirrors"] = facts.mirrors;
  }
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<FileFacts> parse_file_facts(std::string_view json) {
  const auto bad = [](const std::string& why) {
    return Error{"the description of the file cannot be used: " + why};
  };
  if (json.size() > max_json_bytes) return bad("it is longer than 4 MiB");
  FactsReader reader;
  const bool is_read = Json::sax_parse(json.begin(), json.end(), &reader);
  if (!is_read) return bad(reader.problem());
  auto facts = reader.take();
  if (!facts) return bad(facts.error().message);
  return facts;
}

EntryPoint entry_point(const FileFacts& facts, Duration t) {
  if (t <= Duration{}) return {0, {}, true};
  if (!facts.seconds.empty()) {
    const auto second =
        static_cast<std::uint64_t>(std::chrono::floor<std::chrono::seconds>(t).count());
    const std::uint64_t index = std::min<std::uint64_t>(second, facts.seconds.size() - 1);
    const EntryPoint::Further place{facts.seconds[index], std::chrono::seconds(index)};
    const auto after = std::find_if(facts.links.begin(), facts.links.end(),
                                    [&](const auto& link) { return link.offset > place.offset; });
    if (after == facts.links.begin()) return {place.offset, place.time, true};
    const LinkStart& link = *std::prev(after);
    return {link.offset, link.time, true, place};
  }
  if (!facts.duration || facts.duration->count() <= 0) return {};
  const auto whole = static_cast<std::uint64_t>(Duration(*facts.duration).count());
  const auto part = std::min(static_cast<std::uint64_t>(t.count()), whole);
  return {scaled(facts.length, part, whole), Duration(part), false};
}

}  // namespace alluvium::media
