#include "gateway/station.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <utility>

namespace alluvium::gateway {

namespace {

constexpr Duration usual_pause = std::chrono::seconds(60);
/// What a live show's playlist asks for.
constexpr Duration shortest_pause = std::chrono::seconds(1);
constexpr Duration longest_look = std::chrono::seconds(15);

}  // namespace

Station::Station(const Surroundings& surroundings, http::Url url,
                 std::function<void()> on_look_over)
    : surroundings_(surroundings),
      url_(std::move(url)),
      on_look_over_(std::move(on_look_over)),
      timer_(surroundings_.timers.make_timer([this] { look(); })) {
  look();
}

void Station::look() {
  if (is_looking()) return;
  http::ClientRequest request;
  request.url = url_;
  request.rules = surroundings_.rules;
  request.max_body_bytes = playlist::max_playlist_bytes;
  request.max_redirects = 5;
  request.total_timeout = longest_look;
  if (!etag_.empty()) request.headers.add("If-None-Match", etag_);
  if (!last_modified_.empty()) request.headers.add("If-Modified-Since", last_modified_);
  fetch_ = std::make_unique<http::Fetch>(
      surroundings_.client, std::move(request),
      [this](http::Fetch::Result result) { on_answer(std::move(result)); });
}

void Station::on_answer(http::Fetch::Result result) {
  fetch_.reset();
  if (const auto* error = std::get_if<http::TransferError>(&result)) {
    return end_look(error->message);
  }
  auto& response = std::get<http::WholeResponse>(result);
  if (response.head.status == 304 && playlist_) return end_look({});
  if (response.head.status != 200) {
    return end_look("its server answered with status " + std::to_string(response.head.status));
  }
  parse(std::move(response));
}

void Station::parse(http::WholeResponse response) {
  struct Work {
    http::WholeResponse response;
    Result<playlist::ReadPlaylist> read = Error{};
  };
  auto work = std::make_shared<Work>(Work{std::move(response), Error{}});
  // A playlist of the largest size takes longer to read than others may be kept waiting.
  parsing_ = surroundings_.workers.run(
      [work] { work->read = playlist::read_rss(work->response.body, work->response.head.url); },
      [this, work] {
        parsing_.reset();
        if (!work->read) return end_look(work->read.error().message);
        etag_ = work->response.head.headers.find("ETag").value_or("");
        last_modified_ = work->response.head.headers.find("Last-Modified").value_or("");
        adopt(std::move(*work->read));
        end_look({});
      });
}

void Station::adopt(playlist::ReadPlaylist read) {
  const bool is_new = !playlist_ || *playlist_ != read.playlist;
  playlist_ = std::move(read.playlist);
  items_.clear();
  roots_.clear();
  for (std::size_t i = 0; i < playlist_->items.size(); ++i) {
    const playlist::Item& item = playlist_->items[i];
    items_.emplace(item.url, i);
    for (const auto& mirror : item.mirrors) items_.emplace(mirror, i);
    if (item.root) roots_.insert(*item.root);
  }
  if (!is_new) return;
  surroundings_.observer.on_station_read(url_, playlist_->title, playlist_->items.size());
  for (const auto& warning : read.warnings) {
    surroundings_.observer.on_station_warning(url_, warning);
  }
}

void Station::end_look(std::string problem) {
  ++looks_;
  if (!problem.empty() && problem != problem_) {
    surroundings_.observer.on_station_failed(url_, problem);
  }
  problem_ = std::move(problem);
  timer_->arm(pause());
  on_look_over_();
}

Duration Station::pause() {
  Duration pause = usual_pause;
  if (playlist_ && playlist_->refresh) {
    pause = std::clamp<Duration>(*playlist_->refresh, shortest_pause, usual_pause);
  }
  // Between nine and eleven tenths, so that many gateways do not ask in step.
  const auto tenth = static_cast<std::uint64_t>(pause.count() / 10);
  return pause - pause / 10 +
         Duration(static_cast<Duration::rep>(surroundings_.random.below(2 * tenth)));
}

const playlist::Item* Station::find(const http::Url& url) const {
  const auto at = items_.find(url);
  return at == items_.end() ? nullptr : &playlist_->items[at->second];
}

}  // namespace alluvium::gateway
