#include "gateway/origin_fetch.hpp"

#include "core/base/text.hpp"

namespace alluvium::gateway {

namespace {

constexpr std::size_t batch_bytes = 1 << 20;
/// What may wait for the hash, should an origin be faster than the workers for long.
constexpr std::size_t most_pending_bytes = 256 << 20;
constexpr int most_redirects = 5;
/// A file of the largest size over a line of 40 Mbit/s; ends origins that send a byte now and then.
constexpr auto longest_fetch = std::chrono::hours(1);

http::ClientRequest request_for(const http::Url& url, const FileVersion* known,
                                const OriginFetch::Surroundings& surroundings) {
  http::ClientRequest request;
  request.url = url;
  request.rules = surroundings.rules;
  request.connect_timeout = surroundings.answer_within;
  request.max_body_bytes = hash::max_file_bytes;
  request.max_redirects = most_redirects;
  request.total_timeout = longest_fetch;
  if (known != nullptr && !known->facts.etag.empty()) {
    request.headers.add("If-None-Match", known->facts.etag);
  }
  if (known != nullptr && !known->facts.last_modified.empty()) {
    request.headers.add("If-Modified-Since", known->facts.last_modified);
  }
  return request;
}

}  // namespace

/// What the jobs work on, one after the other, and what the last one leaves.
struct OriginFetch::Scan {
  media::FileScan scan;
  http::Headers headers;
  std::shared_ptr<const FileVersion> file;
  Status kept;
};

OriginFetch::OriginFetch(const Surroundings& surroundings, const http::Url& url,
                         const FileVersion* known, OnDone on_done)
    : workers_(surroundings.workers),
      storage_(surroundings.storage),
      url_(url),
      conditional_(known != nullptr && known->has_validators()),
      on_done_(std::move(on_done)),
      no_answer_(surroundings.timers.make_timer([this] { on_no_answer(); })),
      transfer_(surroundings.client.start(request_for(url, known, surroundings), *this)) {
  no_answer_->arm(surroundings.answer_within);
}

bool OriginFetch::on_head(const http::ClientResponse& head) {
  answered_ = true;
  no_answer_->disarm();
  if (conditional_ && head.status == 304) {
    unchanged_ = true;
    return true;
  }
  if (head.status != 200) {
    refusal_ = "the origin answered with status " + std::to_string(head.status);
    return false;
  }
  const auto coding = head.headers.find("Content-Encoding");
  if (coding && !equal_ignoring_case(*coding, "identity")) {
    refusal_ = "the origin sent the file in the content coding '" + printable(*coding) + "'";
    return false;
  }
  const auto length = head.headers.find("Content-Length");
  expected_bytes_ = length ? parse_uint(*length) : std::nullopt;
  if (!expected_bytes_) {
    refusal_ = "the origin did not say how long the file is";
    return false;
  }
  if (*expected_bytes_ > hash::max_file_bytes) {
    refusal_ = "the file is longer than 16 GiB";
    return false;
  }
  const auto type = head.headers.find("Content-Type").value_or("");
  scan_ = std::make_shared<Scan>(
      Scan{media::FileScan(std::string(type), *expected_bytes_), head.headers, {}, {}});
  return true;
}

bool OriginFetch::on_body(ByteView bytes) {
  if (!scan_) return true;
  received_bytes_ += bytes.size();
  if (received_bytes_ > *expected_bytes_) {
    refusal_ = "the origin sent more than it announced";
    return false;
  }
  if (pending_.size() + bytes.size() > most_pending_bytes) {
    refusal_ = "the origin sends faster than this machine can hash";
    return false;
  }
  pending_.insert(pending_.end(), bytes.begin(), bytes.end());
  if (pending_.size() >= batch_bytes && !job_) hash_pending();
  return true;
}

void OriginFetch::on_finished(std::optional<http::TransferError> error) {
  transfer_over_ = true;
  if (!answered_) {
    refusal_ = error ? error->message : "the origin sent no answer";
    return;
  }
  if (!refusal_.empty()) return finish(Error{refusal_});
  if (error) return finish(Error{error->message});
  if (unchanged_) return finish(Unchanged{});
  if (received_bytes_ != *expected_bytes_) {
    return finish(Error{"the origin sent " + std::to_string(received_bytes_) + " of " +
                        std::to_string(*expected_bytes_) + " bytes"});
  }
  if (!job_) hash_last();
}

void OriginFetch::on_no_answer() {
  transfer_.reset();
  finish(Error{refusal_.empty() ? "the origin did not answer in time" : refusal_});
}

void OriginFetch::hash_pending() {
  auto batch = std::make_shared<Bytes>(std::move(pending_));
  pending_ = {};
  // The sum of all batches is within what FileScan accepts: the announced length was checked.
  job_ = workers_.run([scan = scan_, batch] { static_cast<void>(scan->scan.update(*batch)); },
                      [this] {
                        job_.reset();
                        if (transfer_over_) {
                          hash_last();
                        } else if (pending_.size() >= batch_bytes) {
                          hash_pending();
                        }
                      });
}

void OriginFetch::hash_last() {
  auto batch = std::make_shared<Bytes>(std::move(pending_));
  pending_ = {};
  job_ = workers_.run(
      [scan = scan_, batch, url = url_, &storage = storage_] {
        static_cast<void>(scan->scan.update(*batch));
        auto file = std::make_shared<const FileVersion>(
            make_file_version(url, scan->scan.finish(), scan->headers));
        scan->kept = storage.save(*file);
        scan->file = std::move(file);
      },
      [this] {
        finish(Fetched{scan_->file, scan_->kept});
      });
}

void OriginFetch::finish(Outcome outcome) {
  // The callee may destroy this object, and with it the function being called.
  const OnDone on_done = std::move(on_done_);
  on_done(std::move(outcome));
}

}  // namespace alluvium::gateway
