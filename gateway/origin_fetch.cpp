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

bool has_validators(const media::FileFacts& facts) {
  return !facts.etag.empty() || !facts.last_modified.empty();
}

http::ClientRequest request_for(const http::Url& url, const std::optional<media::FileFacts>& known,
                                const OriginFetch::Surroundings& surroundings) {
  http::ClientRequest request;
  request.url = url;
  request.rules = surroundings.rules;
  request.connect_timeout = surroundings.answer_within;
  request.max_body_bytes = hash::max_file_bytes;
  request.max_redirects = most_redirects;
  request.total_timeout = longest_fetch;
  if (!known) return request;
  if (!has_validators(*known)) request.method = "HEAD";
  if (!known->etag.empty()) request.headers.add("If-None-Match", known->etag);
  if (!known->last_modified.empty()) {
    request.headers.add("If-Modified-Since", known->last_modified);
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
      judge_(surroundings.judge),
      url_(url),
      known_(known ? std::optional(known->facts) : std::nullopt),
      on_done_(std::move(on_done)),
      no_answer_(surroundings.timers.make_timer([this] { on_no_answer(); })),
      transfer_(surroundings.client.start(request_for(url, known_, surroundings), *this)) {
  no_answer_->arm(surroundings.answer_within);
}

bool OriginFetch::refuse(Trouble why, std::string message) {
  verdict_ = Failed{why, std::move(message)};
  return false;
}

bool OriginFetch::is_what_is_known(const http::Headers& headers, std::uint64_t length) const {
  return known_ && length == known_->length && headers.find("ETag").value_or("") == known_->etag &&
         headers.find("Last-Modified").value_or("") == known_->last_modified;
}

bool OriginFetch::on_head(const http::ClientResponse& head) {
  answered_ = true;
  no_answer_->disarm();
  if (known_ && has_validators(*known_) && head.status == 304) {
    verdict_ = Unchanged{};
    return true;
  }
  if (head.status != 200) {
    return refuse(Trouble::not_a_file,
                  "the origin answered with status " + std::to_string(head.status));
  }
  const auto coding = head.headers.find("Content-Encoding");
  if (coding && !equal_ignoring_case(*coding, "identity")) {
    return refuse(Trouble::not_a_file,
                  "the origin sent the file in the content coding '" + printable(*coding) + "'");
  }
  const auto length = head.headers.find("Content-Length");
  expected_bytes_ = length ? parse_uint(*length) : std::nullopt;
  if (!expected_bytes_) {
    return refuse(Trouble::not_a_file, "the origin did not say how long the file is");
  }
  // Some origins answer as if there had been no condition.
  if (is_what_is_known(head.headers, *expected_bytes_)) {
    verdict_ = Unchanged{};
    return false;
  }
  if (known_ && !has_validators(*known_)) {
    verdict_ = Changed{};
    return false;
  }
  if (*expected_bytes_ > hash::max_file_bytes) {
    return refuse(Trouble::too_large, "the file is longer than 16 GiB");
  }
  if (auto failed = judge_ ? judge_(head, *expected_bytes_) : std::nullopt) {
    verdict_ = std::move(*failed);
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
    return refuse(Trouble::not_a_file, "the origin sent more than it announced");
  }
  if (pending_.size() + bytes.size() > most_pending_bytes) {
    return refuse(Trouble::not_a_file, "the origin sends faster than this machine can hash");
  }
  pending_.insert(pending_.end(), bytes.begin(), bytes.end());
  if (pending_.size() >= batch_bytes && !job_) hash_pending();
  return true;
}

void OriginFetch::on_finished(std::optional<http::TransferError> error) {
  transfer_over_ = true;
  if (!answered_) {
    // Told at the same moment as silence would be.
    verdict_ = Failed{Trouble::no_answer, error ? error->message : "the origin sent no answer"};
    return;
  }
  if (verdict_) return finish(std::move(*verdict_));
  if (error) return finish(Failed{Trouble::not_a_file, error->message});
  if (received_bytes_ != *expected_bytes_) {
    return finish(Failed{Trouble::not_a_file, "the origin sent " + std::to_string(received_bytes_) +
                                                  " of " + std::to_string(*expected_bytes_) +
                                                  " bytes"});
  }
  if (!job_) hash_last();
}

void OriginFetch::on_no_answer() {
  transfer_.reset();
  finish(verdict_ ? std::move(*verdict_)
                  : Failed{Trouble::no_answer, "the origin did not answer in time"});
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
