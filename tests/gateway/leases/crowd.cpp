#include "tests/gateway/leases/crowd.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>

namespace alluvium::leases::test {

namespace {

using namespace std::chrono_literals;

constexpr Duration announce_pause = 250ms;
constexpr Duration from_origin = 80ms;
constexpr Duration waits_longer = 1'500ms;  ///< Than it was told.
constexpr double chunks_a_step = 10'000'000.0 / 8 / hash::chunk_bytes * 0.025;
constexpr std::uint32_t urgent_chunks = 4;

ChunkRuns runs_of(const std::vector<std::uint8_t>& has) {
  ChunkRuns runs;
  for (std::uint32_t i = 0; i < has.size(); ++i) {
    if (has[i] == 0) continue;
    if (!runs.empty() && runs.back().end.value == i) {
      runs.back().end = {i + 1};
    } else {
      runs.push_back({{i}, {i + 1}});
    }
  }
  return runs;
}

}  // namespace

net::Endpoint Crowd::at(std::uint32_t n) {
  return {net::IpAddress::v4(20, static_cast<std::uint8_t>(n >> 16),
                             static_cast<std::uint8_t>(n >> 8), static_cast<std::uint8_t>(n)),
          9000};
}

Crowd::Crowd(const Settings& settings)
    : settings_(settings), random_(settings.seed), book_(settings.seed) {
  book_.on_file(root_, {hash::ChunkLayout(settings.chunks * hash::chunk_bytes), 3min});
  listeners_.resize(settings.listeners);
  for (std::uint32_t n = 0; n < settings.listeners; ++n) {
    Listener& one = listeners_[n];
    one.missing = settings.chunks;
    one.has.assign(settings.chunks, 0);
    one.told = one.has;
    one.lines.resize(settings.chunks);
    const auto span = static_cast<std::uint64_t>(settings.joining.count()) + 1;
    one.next_announce = now_ + Duration(static_cast<Duration::rep>(random_.below(span)));
    for (std::uint32_t run = 0; run * bulk_run < settings.chunks; ++run) {
      const auto place = random_.below(one.runs.size() + 1);
      one.runs.insert(one.runs.begin() + static_cast<std::ptrdiff_t>(place), run);
    }
    numbers_[at(n)] = n;
  }
}

bool Crowd::is_done() const {
  return std::all_of(listeners_.begin(), listeners_.end(), [](const Listener& one) {
    return one.missing == 0 || !one.is_alive || one.has_left || one.is_liar;
  });
}

void Crowd::step() {
  now_ += step_time;
  for (std::uint32_t n = 0; n < listeners_.size(); ++n) {
    Listener& one = listeners_[n];
    if (!one.is_alive || one.has_left) continue;
    if (one.missing > 0) {
      for (std::uint32_t chunk = 0; chunk < chunks(); ++chunk) {
        const Line& line = one.lines[chunk];
        if (line.source == origin && line.arrives <= now_) {
          ++fetched_;
          receive(n, chunk);
        }
      }
      give_up(n);
    }
    if (one.next_announce <= now_) announce(n);
    one.credit = std::min(one.credit + chunks_a_step, 4.0);
    serve(n, one.urgent_queue);
    serve(n, one.queue);
  }
  if (now_.time_since_epoch() % 5s == 0s) book_.on_tick(now_);
}

void Crowd::receive(std::uint32_t n, std::uint32_t chunk) {
  Listener& one = listeners_[n];
  one.lines[chunk].source = nobody;
  if (one.has[chunk] != 0) return;
  one.has[chunk] = 1;
  // A leased chunk is told of at once, and the end.
  if (--one.missing == 0) one.next_announce = now_;
}

void Crowd::serve(std::uint32_t n, std::vector<std::pair<std::uint32_t, std::uint32_t>>& queue) {
  Listener& one = listeners_[n];
  std::erase_if(queue, [&](const auto& entry) {
    const auto [asker, chunk] = entry;
    Listener& other = listeners_[asker];
    if (!other.is_alive || other.has_left || other.lines[chunk].source != n) return true;
    if (one.has[chunk] == 0 || one.is_liar || one.credit < 1) return false;
    one.credit -= 1;
    receive(asker, chunk);
    return true;
  });
}

void Crowd::give_up(std::uint32_t n) {
  Listener& one = listeners_[n];
  for (std::uint32_t chunk = 0; chunk < chunks(); ++chunk) {
    Line& line = one.lines[chunk];
    if (line.source >= origin) continue;
    const Listener& source = listeners_[line.source];
    const bool is_false = source.is_liar && source.told[chunk] != 0;
    if (!is_false && now_ < line.until) continue;
    one.failures.push_back({root_,
                            {{{chunk}, {chunk + 1}}},
                            at(line.source),
                            is_false ? Failing::untrue : Failing::late});
    one.reported.insert(line.source);
    line.source = nobody;
  }
}

void Crowd::leave(std::uint32_t n) {
  listeners_[n].has_left = true;
  book_.on_leave(at(n), now_);
}

void Crowd::fail_leases(std::uint32_t n) {
  Listener& one = listeners_[n];
  for (std::uint32_t chunk = 0; chunk < chunks(); ++chunk) {
    if (one.lines[chunk].source != origin) continue;
    one.lines[chunk].source = nobody;
    one.failures.push_back({root_, {{{chunk}, {chunk + 1}}}, std::nullopt, Failing::late});
  }
}

std::vector<Want> Crowd::wants_of(const Listener& listener) const {
  std::vector<Want> wants;
  const auto lacks = [&](std::uint32_t chunk, bool also_coming) {
    if (chunk >= chunks() || listener.has[chunk] != 0) return false;
    return also_coming || listener.lines[chunk].source == nobody;
  };
  const auto add = [&](std::uint32_t begin, std::uint32_t end, bool is_urgent) {
    Want want{root_, {}, is_urgent ? Duration(2s) : Duration(1min)};
    for (std::uint32_t i = begin; i < end; ++i) {
      if (!lacks(i, is_urgent)) continue;
      if (!want.runs.empty() && want.runs.back().end.value == i) {
        want.runs.back().end = {i + 1};
      } else {
        want.runs.push_back({{i}, {i + 1}});
      }
    }
    if (!want.runs.empty()) wants.push_back(std::move(want));
  };
  const auto first = static_cast<std::uint32_t>(
      std::find(listener.has.begin(), listener.has.end(), 0) - listener.has.begin());
  add(first, first + urgent_chunks, true);
  for (const auto run : listener.runs) {
    if (wants.size() >= 3) break;
    add(run * bulk_run, (run + 1) * bulk_run, false);
  }
  return wants;
}

void Crowd::announce(std::uint32_t n) {
  Listener& one = listeners_[n];
  one.next_announce = now_ + (one.missing > 0 ? announce_pause : Duration(20s));
  ++announces_;
  if (on_announce) on_announce(n);
  one.told = one.is_liar ? std::vector<std::uint8_t>(chunks(), 1) : one.has;
  const bool wants_some = one.missing > 0 && !one.is_liar;
  const auto wants = wants_some ? wants_of(one) : std::vector<Want>();
  const auto failures = std::exchange(one.failures, {});
  if (on_report) {
    for (const auto& failure : failures) on_report(n, failure);
  }
  const Held held{false, runs_of(one.told)};

  const std::clock_t begin = std::clock();
  book_.on_peer({at(n), 10'000'000, true, wants_some ? Duration(3s) : Duration(60s)}, now_);
  book_.on_have(at(n), root_, held, now_);
  const Answer answer = book_.on_want(at(n), wants, failures, now_);
  answering_ += Duration((std::clock() - begin) * (1'000'000 / CLOCKS_PER_SEC));
  for (const auto& given : answer.given) obey(n, given);
}

void Crowd::obey(std::uint32_t n, const Given& given) {
  Listener& one = listeners_[n];
  std::uint32_t position = 0;
  const auto first =
      static_cast<std::uint32_t>(std::find(one.has.begin(), one.has.end(), 0) - one.has.begin());
  for (const auto& run : given.runs) {
    for (std::uint32_t chunk = run.begin.value; chunk < run.end.value; ++chunk) {
      if (on_given) on_given(n, chunk, given);
      Line& line = one.lines[chunk];
      if (const auto* from = std::get_if<FromOrigin>(&given.from)) {
        if (line.source != origin) {
          line = {origin, from->ticket.value_or(0), 0, now_, now_ + from_origin * ++position};
        }
      } else if (const auto* peer = std::get_if<FromPeer>(&given.from)) {
        const std::uint32_t source = numbers_.at(peer->peer);
        if (line.source == source) continue;
        const bool is_urgent = chunk < first + urgent_chunks;
        const Listener& other = listeners_[source];
        const std::uint32_t depth = other.told[chunk] != 0 ? 0 : other.lines[chunk].depth + 1;
        line = {source, peer->ticket, depth, now_ + peer->wait + waits_longer, {}};
        auto& to = listeners_[source];
        (is_urgent ? to.urgent_queue : to.queue).emplace_back(n, chunk);
      } else if (line.source != origin) {
        line.source = nobody;
      }
    }
  }
}

}  // namespace alluvium::leases::test
