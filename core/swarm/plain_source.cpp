#include "core/swarm/plain_source.hpp"

#include "core/base/text.hpp"

#include <algorithm>

namespace alluvium::swarm {

using hash::ChunkIndex;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

/// What is fetched ahead of the reader, in chunks: 1 MiB, asked for a quarter at a time.
constexpr std::uint32_t ahead = 64;
constexpr std::uint32_t run_length = 16;
/// Without a byte for so long it is asked once more, on another connection.
constexpr Duration silence = milliseconds(2'500);
constexpr std::size_t most_fetches = 4;
/// An origin without ranges sends as fast as it likes: what it may put into memory, in chunks.
constexpr std::uint32_t max_kept = 4'096;

}  // namespace

PlainSource::PlainSource(Services& services, http::Url origin, SourceObserver& observer)
    : services_(services), origin_(std::move(origin)), observer_(observer) {}

std::optional<Slice> PlainSource::read(ChunkIndex index) {
  const auto found = chunks_.find(index);
  if (found == chunks_.end()) return std::nullopt;
  return found->second;
}

std::uint32_t PlainSource::run_from(ChunkIndex index) const {
  // What lies behind the reader has been had, though it is not kept.
  std::uint32_t run = index < wanted_ ? wanted_.value - index.value : 0;
  while (chunks_.contains(index.plus(run))) ++run;
  return run;
}

void PlainSource::set_window(const Window& window) {
  wanted_ = window.urgent.begin;
  // One chunk back is kept: the reader may stand in the middle of it.
  const ChunkIndex keep{wanted_.value > 0 ? wanted_.value - 1 : 0};
  std::erase_if(chunks_, [&](const auto& entry) { return entry.first < keep; });
}

void PlainSource::update() {
  const Instant now = services_.clock.now();
  const bool is_coming = std::any_of(fetches_.begin(), fetches_.end(), [&](const auto& fetch) {
    return now - fetch->last_byte_at() < silence;
  });
  if (is_coming || fetches_.size() >= most_fetches || now < not_before_) return;
  const ChunkIndex next = wanted_.plus(run_from(wanted_));
  const bool at_end = length_ && next.value >= hash::ChunkLayout(*length_).count();
  if (at_end || next >= wanted_.plus(ahead)) return;
  RunRequest request;
  request.url = origin_;
  request.rules = services_.rules;
  request.run = {next, next.plus(run_length)};
  if (length_) request.run.end = std::min(request.run.end, hash::ChunkLayout(*length_).all().end);
  request.length = length_;
  RunObserver& observer = *this;
  fetches_.push_back(
      std::make_unique<RunFetch>(services_.client, services_.clock, std::move(request), observer));
}

void PlainSource::on_run_head(RunFetch& fetch) {
  if (fetch.head().status / 100 != 2) return;
  const std::string_view type = fetch.head().headers.find("Content-Type").value_or("");
  type_ = to_lower(trimmed(type.substr(0, type.find(';'))));
}

void PlainSource::on_run_chunk(RunFetch& fetch, ChunkIndex index, Slice chunk) {
  length_ = fetch.length();
  failures_ = 0;
  services_.problems.clear("origin:" + origin_.text());
  services_.statistics.unverified_bytes += chunk.size();
  if (index >= ChunkIndex{wanted_.value > 0 ? wanted_.value - 1 : 0} && chunks_.size() < max_kept) {
    chunks_.emplace(index, std::move(chunk));
  }
  observer_.on_data();
}

void PlainSource::on_run_ended(RunFetch& fetch, RunEnd end, const std::string& why) {
  if (fetch.length()) length_ = fetch.length();
  const auto found = std::find_if(fetches_.begin(), fetches_.end(),
                                  [&](const auto& own) { return own.get() == &fetch; });
  const std::unique_ptr<RunFetch> ended = std::move(*found);
  fetches_.erase(found);
  if (end == RunEnd::complete) {
    // What the others might still bring is here.
    fetches_.clear();
  } else {
    // Somebody is listening: a network that comes back is noticed at once.
    const unsigned most = end == RunEnd::unreachable ? 1u : 30u;
    const Duration pause = seconds(std::min(1u << std::min(failures_++, 5u), most));
    not_before_ = services_.clock.now() + pause;
    // The file may have another length by now; ask without believing the old one.
    if (end == RunEnd::other_file) length_.reset();
    services_.problems.report("origin:" + origin_.text(),
                              "the origin does not give " + printable(origin_.text(), 500) +
                                  ": it " + why + "; it is tried again");
  }
  update();
  observer_.on_data();
}

}  // namespace alluvium::swarm
