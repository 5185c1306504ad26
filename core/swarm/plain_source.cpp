#include "core/swarm/plain_source.hpp"

#include "core/base/text.hpp"

#include <algorithm>

namespace alluvium::swarm {

using hash::ChunkIndex;
using std::chrono::seconds;

namespace {

/// What is fetched ahead of the reader, in chunks: 1 MiB, asked for a quarter at a time.
constexpr std::uint32_t ahead = 64;
constexpr std::uint32_t run_length = 16;
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
  if (fetch_ || services_.clock.now() < not_before_) return;
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
  fetch_ =
      std::make_unique<RunFetch>(services_.client, services_.clock, std::move(request), observer);
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
  const std::unique_ptr<RunFetch> ended = std::move(fetch_);
  if (end != RunEnd::complete) {
    const Duration pause = seconds(std::min(1u << std::min(failures_++, 5u), 30u));
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
