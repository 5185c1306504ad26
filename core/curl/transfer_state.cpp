#include "core/curl/transfer_state.hpp"

#include "core/base/text.hpp"
#include "core/curl/failure.hpp"
#include "core/curl/guarded_socket.hpp"

#include <algorithm>
#include <new>
#include <set>
#include <utility>

namespace alluvium::curl {

namespace {

/// Far more than any honest server sends, redirects included.
constexpr std::size_t head_limit_bytes = 128 * 1024;

long to_milliseconds(Duration duration) {
  return static_cast<long>(std::chrono::ceil<std::chrono::milliseconds>(duration).count());
}

bool is_of(const std::optional<net::Family>& family, const net::IpAddress& address) {
  return !family || *family == net::family_of(address);
}

/// No text from outside can end a line of the request.
std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
  return text;
}

}  // namespace

TransferState::TransferState(TransferSurroundings surroundings, http::ClientRequest request,
                             http::TransferObserver& observer)
    : surroundings_(std::move(surroundings)),
      request_(std::move(request)),
      observer_(&observer),
      easy_(curl_easy_init()),
      stall_timer_(surroundings_.timers.make_timer([this] { check_stall(); })) {
  if (!easy_) throw std::bad_alloc();
  set_options();
  set_method();
  set_headers();
}

TransferState& TransferState::of(CURL* easy) {
  void* self = nullptr;
  curl_easy_getinfo(easy, CURLINFO_PRIVATE, &self);
  return *static_cast<TransferState*>(self);
}

void TransferState::set_options() {
  CURL* easy = easy_.get();
  curl_easy_setopt(easy, CURLOPT_PRIVATE, this);
  curl_easy_setopt(easy, CURLOPT_URL, request_.url.text().c_str());
  curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
  if (!request_.keeps_connection) curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
  // libcurl would remember each literal for a minute as if it had been looked up, and look through
  // all of them after each transfer: thousands of listeners are asked by their addresses.
  const bool is_literal = net::IpAddress::parse(request_.url.host()).has_value();
  // What it looks up for one family alone is not to be taken for all there is by other requests.
  if (is_literal || request_.family) curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
  if (request_.family) {
    // Connections that were kept are chosen by it as well.
    curl_easy_setopt(easy, CURLOPT_IPRESOLVE,
                     static_cast<long>(*request_.family == net::Family::v4 ? CURL_IPRESOLVE_V4
                                                                           : CURL_IPRESOLVE_V6));
  }
  curl_easy_setopt(easy, CURLOPT_USERAGENT, one_line(surroundings_.options.user_agent).c_str());
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error_text_.data());
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  // Without it, giving up during name resolution waits for the resolver.
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);

  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 0L);
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  if (const auto& file = surroundings_.options.authorities; !file.empty()) {
    curl_easy_setopt(easy, CURLOPT_CAINFO, file.c_str());
  }
  curl_easy_setopt(easy, CURLOPT_HTTP_CONTENT_DECODING, 0L);
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, request_.max_redirects > 0 ? 1L : 0L);
  curl_easy_setopt(easy, CURLOPT_MAXREDIRS, static_cast<long>(request_.max_redirects));
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, to_milliseconds(request_.connect_timeout));
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, to_milliseconds(request_.total_timeout));

  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &TransferState::on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &TransferState::on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, &TransferState::on_connected);
  curl_easy_setopt(easy, CURLOPT_PREREQDATA, this);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &TransferState::on_open_socket);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, this);
}

void TransferState::set_method() {
  CURL* easy = easy_.get();
  const auto& method = request_.method;
  if (!request_.body.empty() || method == "POST" || method == "PUT") {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request_.body.data());
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request_.body.size()));
    if (method != "POST") curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method.c_str());
  } else if (method == "HEAD") {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  } else {
    curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    if (method != "GET") curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method.c_str());
  }
}

void TransferState::set_headers() {
  const auto append = [this](const std::string& line) {
    curl_slist* longer = curl_slist_append(header_list_.get(), line.c_str());
    if (!longer) throw std::bad_alloc();
    static_cast<void>(header_list_.release());
    header_list_.reset(longer);
  };
  for (const auto& [name, value] : request_.headers.fields()) {
    // "Name;" is libcurl's spelling of a field without a value; "Name:" would remove it.
    append(one_line(value.empty() ? name + ";" : name + ": " + value));
  }
  // What libcurl would add on its own: it waits a second for an answer to the first, and the second
  // would be wrong.
  append("Expect:");
  if (!request_.headers.has("Content-Type")) append("Content-Type:");
  curl_easy_setopt(easy_.get(), CURLOPT_HTTPHEADER, header_list_.get());
}

int TransferState::on_connected(void* self, char* remote, char*, int, int) {
  auto& state = *static_cast<TransferState*>(self);
  state.note_activity();
  if (state.request_.stall_timeout > Duration::zero()) {
    state.stall_timer_->arm(state.request_.stall_timeout);
  }
  // A kept connection was opened under the rules of another request.
  const auto address = net::IpAddress::parse(remote);
  const bool is_permitted = address && state.request_.rules.permits(*address);
  if (is_permitted && is_of(state.request_.family, *address)) return CURL_PREREQFUNC_OK;
  state.fail(http::TransferFailure::forbidden, "this address may not be contacted");
  return CURL_PREREQFUNC_ABORT;
}

curl_socket_t TransferState::on_open_socket(void* self, curlsocktype, curl_sockaddr* address) {
  auto& state = *static_cast<TransferState*>(self);
  const auto remote = address_of(*address);
  if (!remote || !state.request_.rules.permits(*remote)) {
    state.forbidden_seen_ = true;
    return CURL_SOCKET_BAD;
  }
  state.permitted_seen_ = true;
  // libcurl takes a literal address of the other family all the same.
  if (!is_of(state.request_.family, *remote)) return CURL_SOCKET_BAD;
  return open_socket(*address, state.surroundings_.options.local_address);
}

std::size_t TransferState::on_header(char* bytes, std::size_t, std::size_t size, void* self) {
  auto& state = *static_cast<TransferState*>(self);
  return state.take_header_line({bytes, size}) ? size : 0;
}

std::size_t TransferState::on_body(char* bytes, std::size_t, std::size_t size, void* self) {
  auto& state = *static_cast<TransferState*>(self);
  return state.take_body(as_bytes({bytes, size})) ? size : 0;
}

bool TransferState::take_header_line(std::string_view line) {
  if (!observer_) return false;
  note_activity();
  head_bytes_ += line.size();
  if (head_bytes_ > head_limit_bytes) {
    return fail(http::TransferFailure::broken, "the head of the answer is too long");
  }
  // What comes after the head are the trailers of a chunked body: nothing here uses them.
  if (head_shown_) return true;
  if (!in_head_) {
    in_head_ = true;
    response_.headers = {};
    return true;
  }
  const auto text = trimmed(line);
  if (text.empty()) {
    in_head_ = false;
    return finish_head();
  }
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return true;
  response_.headers.add(std::string(text.substr(0, colon)),
                        std::string(trimmed(text.substr(colon + 1))));
  return true;
}

bool TransferState::will_follow(long status) const {
  return request_.max_redirects > 0 && status >= 300 && status < 400 &&
         response_.headers.has("Location");
}

bool TransferState::lengths_are_sound() const {
  const auto lengths = response_.headers.find_all("Content-Length");
  const std::set<std::string_view> different(lengths.begin(), lengths.end());
  if (different.empty()) return true;
  return different.size() == 1 && parse_uint(*different.begin()) &&
         !response_.headers.has("Transfer-Encoding");
}

bool TransferState::finish_head() {
  long status = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
  if (status < 200) return true;
  long version = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_HTTP_VERSION, &version);
  if (version != CURL_HTTP_VERSION_1_0 && version != CURL_HTTP_VERSION_1_1) {
    return fail(http::TransferFailure::broken, "the answer is of another version of HTTP");
  }
  if (!lengths_are_sound()) {
    return fail(http::TransferFailure::broken, "the answer contradicts itself about its length");
  }
  const char* remote = nullptr;
  curl_easy_getinfo(easy_.get(), CURLINFO_PRIMARY_IP, &remote);
  const auto server = net::IpAddress::parse(remote ? remote : "");
  if (will_follow(status)) {
    permitted_seen_ = forbidden_seen_ = false;
    if (server) request_.rules = request_.rules.after(*server);
    return true;
  }
  const char* url = nullptr;
  long port = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_EFFECTIVE_URL, &url);
  curl_easy_getinfo(easy_.get(), CURLINFO_PRIMARY_PORT, &port);
  auto parsed = http::Url::parse(url ? url : "");
  if (!parsed) return fail(http::TransferFailure::broken, parsed.error().message);
  response_.status = static_cast<int>(status);
  response_.url = std::move(*parsed);
  response_.remote = {server.value_or(net::IpAddress()), static_cast<std::uint16_t>(port)};
  head_shown_ = true;
  if (observer_->on_head(response_)) return true;
  return fail(http::TransferFailure::unwanted, "the answer is not what was asked for");
}

bool TransferState::take_body(ByteView bytes) {
  if (!observer_) return false;
  note_activity();
  // libcurl keeps the body of a redirect from us; anything else before a head is not to be shown.
  if (!head_shown_) return true;
  body_bytes_ += bytes.size();
  if (body_bytes_ > request_.max_body_bytes) {
    return fail(http::TransferFailure::too_large,
                "the answer is longer than " + human_bytes(request_.max_body_bytes));
  }
  if (observer_->on_body(bytes)) return true;
  return fail(http::TransferFailure::unwanted, "the answer is not what was asked for");
}

bool TransferState::fail(http::TransferFailure failure, std::string message) {
  verdict_ = http::TransferError{failure, std::move(message)};
  return false;
}

std::optional<http::TransferError> TransferState::outcome(CURLcode code) const {
  if (verdict_) return verdict_;
  if (code == CURLE_OK && head_shown_) return std::nullopt;
  if (forbidden_seen_ && !permitted_seen_) {
    return http::TransferError{http::TransferFailure::forbidden,
                               "this address may not be contacted"};
  }
  std::string_view text = error_text_.data();
  // libcurl takes a head that breaks off for an answer.
  if (text.empty()) text = code == CURLE_OK ? "the head broke off" : curl_easy_strerror(code);
  return http::TransferError{failure_of(code, head_bytes_ > 0), printable(text)};
}

void TransferState::check_stall() {
  // Bytes only note the time; the timer catches up with them here.
  curl_off_t uploaded = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_SIZE_UPLOAD_T, &uploaded);
  if (std::exchange(uploaded_bytes_, uploaded) != uploaded) note_activity();
  const auto left = last_activity_ + request_.stall_timeout - surroundings_.clock.now();
  if (left > Duration::zero()) return stall_timer_->arm(left);
  fail(http::TransferFailure::timed_out, "nothing arrived for too long");
  surroundings_.on_stalled(*this);
}

}  // namespace alluvium::curl
