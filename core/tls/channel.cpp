#include "core/tls/channel.hpp"

#include <climits>
#include <new>

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace alluvium::tls {

namespace {

/// The most that one record of TLS can say.
constexpr std::size_t record_bytes = SSL3_RT_MAX_PLAIN_LENGTH;

}  // namespace

void Channel::Free::operator()(ssl_st* ssl) const {
  SSL_free(ssl);
}

Channel::Channel(ssl_ctx_st* context) : ssl_(SSL_new(context)) {
  input_ = BIO_new(BIO_s_mem());
  output_ = BIO_new(BIO_s_mem());
  if (!ssl_ || input_ == nullptr || output_ == nullptr) {
    BIO_free(input_);
    BIO_free(output_);
    throw std::bad_alloc();
  }
  SSL_set_bio(ssl_.get(), input_, output_);
  SSL_set_accept_state(ssl_.get());
}

Channel::~Channel() = default;

Channel::State Channel::receive(ByteView from_network, Bytes& plain) {
  if (state_ == State::failed || state_ == State::ended) return state_;
  std::size_t taken = 0;
  if (BIO_write_ex(input_, from_network.data(), from_network.size(), &taken) != 1) {
    return state_ = State::failed;
  }
  while (true) {
    // What an earlier failure left behind would be taken for one of this connection.
    ERR_clear_error();
    const auto before = plain.size();
    plain.resize(before + record_bytes);
    std::size_t count = 0;
    const int result = SSL_read_ex(ssl_.get(), plain.data() + before, record_bytes, &count);
    plain.resize(before + count);
    if (SSL_is_init_finished(ssl_.get())) state_ = State::open;
    if (result == 1) continue;
    switch (SSL_get_error(ssl_.get(), result)) {
      case SSL_ERROR_WANT_READ:
        return state_;
      case SSL_ERROR_ZERO_RETURN:
        return state_ = State::ended;
      default:
        return state_ = State::failed;
    }
  }
}

void Channel::encrypt(ByteView plain) {
  if (state_ == State::failed || plain.empty()) return;
  ERR_clear_error();
  std::size_t written = 0;
  if (SSL_write_ex(ssl_.get(), plain.data(), plain.size(), &written) != 1) state_ = State::failed;
}

void Channel::end() {
  if (state_ != State::open && state_ != State::ended) return;
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
}

Bytes Channel::take_output() {
  Bytes bytes(BIO_ctrl_pending(output_));
  std::size_t count = 0;
  if (!bytes.empty()) BIO_read_ex(output_, bytes.data(), bytes.size(), &count);
  bytes.resize(count);
  return bytes;
}

}  // namespace alluvium::tls
