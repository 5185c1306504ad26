#include "core/swarm/playlist_keeper.hpp"

#include "core/base/text.hpp"
#include "core/net/address_rules.hpp"

#include <algorithm>
#include <utility>

namespace alluvium::swarm {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr seconds default_refresh{60};
/// What a live show's playlist asks for.
constexpr seconds least_refresh{1};
/// One of these, and the URL after redirects, is the first line in the cache: a kept playlist has
/// no connection to ask for its address, nor a place of its own for what it names relatively.
constexpr std::string_view special_mark = "special ";
constexpr std::string_view public_mark = "public ";

}  // namespace

PlaylistKeeper::PlaylistKeeper(Services& services, http::Url url, Events events)
    : services_(services),
      url_(std::move(url)),
      events_(std::move(events)),
      timer_(services.timers.make_timer([this] { fetch(); })) {}

void PlaylistKeeper::start() {
  fetch();
}

void PlaylistKeeper::stop() {
  timer_->disarm();
  fetch_.reset();
}

void PlaylistKeeper::fetch() {
  http::ClientRequest request;
  request.url = url_;
  request.rules = net::AddressRules::chosen_by_user();
  request.max_body_bytes = playlist::max_playlist_bytes;
  request.max_redirects = 5;
  if (!etag_.empty()) request.headers.add("If-None-Match", etag_);
  if (!last_modified_.empty()) request.headers.add("If-Modified-Since", last_modified_);
  request.total_timeout = seconds(30);
  fetch_ = std::make_unique<http::Fetch>(
      services_.client, std::move(request),
      [this](http::Fetch::Result result) { on_response(std::move(result)); });
}

void PlaylistKeeper::on_response(http::Fetch::Result result) {
  const auto ended = std::move(fetch_);
  if (const auto* error = std::get_if<http::TransferError>(&result)) {
    const bool is_too_large = error->failure == http::TransferFailure::too_large;
    return fail(is_too_large ? "is larger than 4 MiB" : "cannot be fetched: " + error->message,
                is_too_large);
  }
  const auto& response = std::get<http::WholeResponse>(result);
  const int status = response.head.status;
  if (status == 200) return on_body(response);
  if (status != 304 || text_.empty()) {
    const bool is_gone = status == 404 || status == 410;
    return fail("is not there: the server answers " + std::to_string(status), is_gone);
  }
  failures_ = 0;
  services_.problems.clear("playlist");
  note_attempt();
  const auto wait = duration_cast<milliseconds>(
      std::clamp(refresh_.value_or(default_refresh), least_refresh, default_refresh));
  timer_->arm(wait * 9 / 10 +
              milliseconds(services_.random.below(static_cast<std::uint64_t>(wait.count() / 5))));
}

void PlaylistKeeper::on_body(const http::WholeResponse& response) {
  auto read = playlist::read_rss(response.body, response.head.url);
  if (!read) return fail("cannot be used: " + read.error().message, true);
  etag_ = response.head.headers.find("ETag").value_or("");
  last_modified_ = response.head.headers.find("Last-Modified").value_or("");
  refresh_ = read->playlist.refresh;
  has_been_answered_ = true;
  const bool is_special = net::is_special(response.head.remote.address);
  if (text_ != response.body) {
    services_.store.write_record("playlist " + url_.text(),
                                 std::string(is_special ? special_mark : public_mark) +
                                     response.head.url.text() + "\n" + response.body);
    take({std::move(*read), is_special}, response.body);
  }
  // As after "not modified": all is well, look again later.
  http::WholeResponse unchanged;
  unchanged.head.status = 304;
  on_response(std::move(unchanged));
}

void PlaylistKeeper::take(KeptPlaylist kept, std::string text) {
  text_ = std::move(text);
  events_.on_playlist(std::move(kept));
}

void PlaylistKeeper::fail(const std::string& why, bool is_hopeless) {
  const std::string sentence = "the playlist " + printable(url_.text(), 500) + " " + why;
  if (is_hopeless && !has_been_answered_ && failures_ == 0) {
    events_.on_hopeless(sentence);
    return;
  }
  if (text_.empty()) recall();
  services_.problems.report("playlist", sentence + (text_.empty() ? "; it is tried again"
                                                                  : "; the last good one is used"));
  note_attempt();
  const auto pause =
      duration_cast<milliseconds>(seconds(std::min(1u << std::min(failures_++, 5u), 30u)));
  timer_->arm(pause +
              milliseconds(services_.random.below(static_cast<std::uint64_t>(pause.count() / 4))));
}

void PlaylistKeeper::note_attempt() {
  if (!std::exchange(has_been_tried_, true)) events_.on_first_attempt();
}

void PlaylistKeeper::recall() {
  const auto record = services_.store.read_record("playlist " + url_.text());
  if (!record) return;
  std::string_view text = *record;
  const bool is_special = text.starts_with(special_mark);
  if (!is_special && !text.starts_with(public_mark)) return;
  text.remove_prefix(is_special ? special_mark.size() : public_mark.size());
  const auto end = text.find('\n');
  if (end == std::string_view::npos) return;
  const auto base = http::Url::parse(text.substr(0, end));
  if (!base) return;
  text.remove_prefix(end + 1);
  auto read = playlist::read_rss(text, *base);
  if (read) take({std::move(*read), is_special}, std::string(text));
}

}  // namespace alluvium::swarm
