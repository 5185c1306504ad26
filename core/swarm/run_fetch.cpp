#include "core/swarm/run_fetch.hpp"

#include "core/base/text.hpp"
#include "core/http/range.hpp"
#include "core/swarm/availability.hpp"
#include "core/swarm/peer_hint.hpp"

#include <utility>

namespace alluvium::swarm {

using hash::ChunkIndex;
using hash::ChunkRun;
using http::TransferFailure;

namespace {

/// What came in less says little of the pace.
constexpr Duration telling_time = std::chrono::milliseconds(100);

http::ClientRequest http_request(const RunRequest& request) {
  http::ClientRequest result;
  result.url = request.url;
  result.rules = request.rules;
  const ByteRange all{request.run.begin.value * hash::chunk_bytes,
                      request.run.end.value * hash::chunk_bytes};
  const ByteRange range =
      request.length ? hash::ChunkLayout(*request.length).bytes_of(request.run) : all;
  // An empty file has no byte to ask a range of.
  if (!range.empty()) result.headers.add("Range", http::format_range(range));
  if (request.standing) {
    const auto wait = std::chrono::ceil<std::chrono::seconds>(request.standing->wait);
    std::string prefer = "wait=";
    prefer += std::to_string(wait.count());
    if (request.standing->ticket) {
      prefer += "; ticket=";
      prefer += std::to_string(*request.standing->ticket);
    }
    result.headers.add("Prefer", prefer);
  }
  if (request.own_port) {
    result.headers.add("X-URI-RES", format_own_hint(*request.own_port, request.row->root()));
  }
  if (request.peer) result.headers.add("Priority", http::format_priority(request.urgency));
  result.max_body_bytes =
      request.peer ? range.size() : request.length.value_or(hash::max_file_bytes);
  result.max_redirects = request.peer ? 0 : 5;
  result.connect_timeout = std::chrono::seconds(request.peer ? 2 : 5);
  result.stall_timeout = request.stall_timeout;
  return result;
}

std::string answered(int status) {
  return "answered " + std::to_string(status);
}

}  // namespace

RunFetch::RunFetch(http::Client& client, const Clock& clock, RunRequest request,
                   RunObserver& observer)
    : clock_(clock),
      request_(std::move(request)),
      observer_(observer),
      next_(request_.run.begin),
      asked_at_(clock.now()),
      last_chunk_at_(asked_at_),
      last_byte_at_(asked_at_),
      transfer_(client.start(http_request(request_), *this)) {}

bool RunFetch::refuse(RunEnd end, std::string why) {
  refusal_.emplace(end, std::move(why));
  return false;
}

bool RunFetch::on_head(const http::ClientResponse& head) {
  head_ = head;
  last_byte_at_ = clock_.now();
  if (request_.peer && request_.length) {
    auto said = availability_of(head, layout());
    if (said.is_malformed) return refuse(RunEnd::malformed, "does not say plainly what it has");
    availability_ = std::move(said.map);
  }
  observer_.on_run_head(*this);
  if (head.headers.has("Content-Encoding")) {
    return refuse(RunEnd::malformed, "sends the file in an encoding nobody asked for");
  }
  switch (head.status) {
    case 206:
      return accept_partial();
    case 200:
      return accept_whole();
    case 503:
      return refuse(RunEnd::not_held, answered(503));
    case 404:
    case 410:
      return refuse(RunEnd::gone, answered(head.status));
    case 416:
      return refuse(RunEnd::other_file, "has a shorter file");
    default:
      return refuse(RunEnd::malformed, answered(head.status));
  }
}

bool RunFetch::accept_partial() {
  const auto said = head_.headers.find("Content-Range");
  const auto content = said ? http::parse_content_range(*said) : std::nullopt;
  if (!content) return refuse(RunEnd::malformed, "does not say which part of the file it sends");
  if (request_.length && content->total != *request_.length) {
    return refuse(RunEnd::other_file, "has a file of " + std::to_string(content->total) +
                                          " bytes, not of " + std::to_string(*request_.length));
  }
  if (content->total > hash::max_file_bytes) {
    return refuse(RunEnd::other_file, "has a file of more than 16 GiB");
  }
  request_.length = content->total;
  const ByteRange asked = layout().bytes_of(request_.run);
  const auto lengths = head_.headers.find_all("Content-Length");
  const auto length = lengths.size() == 1 ? parse_uint(lengths.front()) : std::nullopt;
  const bool ends_whole =
      content->range.end % hash::chunk_bytes == 0 || content->range.end == *request_.length;
  if (content->range.begin != asked.begin || content->range.end > asked.end ||
      (request_.peer && !ends_whole) || length != content->range.size()) {
    return refuse(RunEnd::malformed, "sends another part of the file than was asked for");
  }
  request_.run.end = layout().chunk_at(content->range.end - 1).plus(1);
  return true;
}

bool RunFetch::accept_whole() {
  // Allowed for an origin that cannot do ranges: then the file comes in order, once.
  if (request_.peer) return refuse(RunEnd::malformed, "answered 200 to a request for a part");
  const auto lengths = head_.headers.find_all("Content-Length");
  const auto length = lengths.size() == 1 ? parse_uint(lengths.front()) : std::nullopt;
  if (lengths.size() > 1 || (!lengths.empty() && !length)) {
    return refuse(RunEnd::malformed, "does not say plainly how long the file is");
  }
  if (request_.length && length && *length != *request_.length) {
    return refuse(RunEnd::other_file, "has a file of " + std::to_string(*length) +
                                          " bytes, not of " + std::to_string(*request_.length));
  }
  if (!request_.length) request_.length = length;
  if (!request_.length || *request_.length > hash::max_file_bytes) {
    return refuse(RunEnd::malformed, "does not say how long the file is");
  }
  sequential_ = layout().count() > 1;
  request_.run = layout().all();
  next_ = request_.run.begin;
  return true;
}

std::optional<Duration> RunFetch::time_to_next() const {
  const Duration elapsed = clock_.now() - next_begun_at_;
  if (partial_.empty() || elapsed < telling_time) return std::nullopt;
  const std::uint64_t missing = layout().bytes_of(next_).size() - partial_.size();
  return elapsed * static_cast<Duration::rep>(missing) /
         static_cast<Duration::rep>(partial_.size());
}

bool RunFetch::on_body(ByteView bytes) {
  last_byte_at_ = clock_.now();
  while (!bytes.empty()) {
    if (next_ >= request_.run.end) {
      return refuse(RunEnd::malformed, "sends more than was asked for");
    }
    const std::uint64_t size = layout().bytes_of(next_).size();
    if (partial_.empty() && bytes.size() >= size) {
      if (!close_chunk(bytes.first(size))) return false;
      bytes = bytes.subspan(size);
      continue;
    }
    const ByteView part =
        bytes.first(std::min<std::uint64_t>(size - partial_.size(), bytes.size()));
    if (partial_.empty()) {
      partial_.reserve(size);
      next_begun_at_ = clock_.now();
    }
    partial_.insert(partial_.end(), part.begin(), part.end());
    bytes = bytes.subspan(part.size());
    if (partial_.size() < size) continue;
    if (!close_chunk(partial_)) return false;
  }
  return true;
}

bool RunFetch::close_chunk(ByteView bytes) {
  const ChunkIndex index = next_;
  std::optional<Slice> chunk;
  if (request_.row && request_.verified)
    chunk = request_.verified->find(*request_.row, index, bytes);
  if (!chunk) {
    if (request_.row && !request_.row->verifies(index, bytes)) {
      return refuse(RunEnd::false_chunk, "sent chunk " + std::to_string(index.value) + " falsely");
    }
    chunk.emplace(partial_.empty() ? to_bytes(bytes) : std::move(partial_));
    if (request_.row && request_.verified) request_.verified->keep(*request_.row, index, *chunk);
  }
  partial_.clear();
  ++next_;
  last_chunk_at_ = clock_.now();
  observer_.on_run_chunk(*this, index, std::move(*chunk));
  return true;
}

void RunFetch::on_finished(std::optional<http::TransferError> error) {
  // An empty file is one chunk without a byte, which no body callback will ever close.
  if (!error && !refusal_ && request_.length == 0u) (void)close_chunk({});
  const bool has_all = next_ >= request_.run.end;
  const bool has_some = next_ > request_.run.begin;
  RunEnd end = RunEnd::complete;
  std::string why;
  if (refusal_) {
    std::tie(end, why) = *refusal_;
  } else if (error && !has_all) {
    why = "gave no whole answer (" + error->message + ")";
    switch (error->failure) {
      case TransferFailure::forbidden:
        end = RunEnd::forbidden;
        break;
      case TransferFailure::too_large:
        end = RunEnd::malformed;
        break;
      case TransferFailure::broken:
        end = has_some ? RunEnd::short_body : RunEnd::unreachable;
        break;
      default:
        end = RunEnd::unreachable;
    }
  } else if (!has_all) {
    end = has_some ? RunEnd::short_body : RunEnd::unreachable;
    why = "sent less than it said";
  }
  observer_.on_run_ended(*this, end, why);
}

}  // namespace alluvium::swarm
