#include "tests/support/tls_client.hpp"

#include <array>
#include <stdexcept>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace alluvium::test {

struct TlsClient::State {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL* ssl = nullptr;
  BIO* input = BIO_new(BIO_s_mem());
  BIO* output = BIO_new(BIO_s_mem());
  ~State() {
    SSL_free(ssl);
    SSL_CTX_free(context);
  }
};

TlsClient::TlsClient(const std::filesystem::path& authority, TlsManners manners)
    : state_(std::make_unique<State>()) {
  if (SSL_CTX_load_verify_locations(state_->context, authority.c_str(), nullptr) != 1) {
    throw std::runtime_error("no such authority");
  }
  SSL_CTX_set_verify(state_->context, SSL_VERIFY_PEER, nullptr);
  // So that a server that speaks old versions would be found out.
  SSL_CTX_set_security_level(state_->context, 0);
  if (manners.newest != 0) SSL_CTX_set_max_proto_version(state_->context, manners.newest);
  if (!manners.protocols.empty()) {
    SSL_CTX_set_alpn_protos(state_->context, as_bytes(manners.protocols).data(),
                            static_cast<unsigned int>(manners.protocols.size()));
  }
  state_->ssl = SSL_new(state_->context);
  SSL_set_bio(state_->ssl, state_->input, state_->output);
  SSL_set_connect_state(state_->ssl);
  read();
}

TlsClient::~TlsClient() = default;

void TlsClient::receive(std::string_view from_server) {
  std::size_t taken = 0;
  BIO_write_ex(state_->input, from_server.data(), from_server.size(), &taken);
  read();
}

void TlsClient::read() {
  if (!failure_.empty()) return;
  std::array<char, 16'384> buffer;
  std::size_t count = 0;
  ERR_clear_error();
  int result = 0;
  while ((result = SSL_read_ex(state_->ssl, buffer.data(), buffer.size(), &count)) == 1) {
    heard_.append(buffer.data(), count);
  }
  const int error = SSL_get_error(state_->ssl, result);
  if (error == SSL_ERROR_ZERO_RETURN) ended_ = true;
  if (error == SSL_ERROR_SSL) {
    const char* reason = ERR_reason_error_string(ERR_peek_last_error());
    failure_ = reason != nullptr ? reason : "unknown";
  }
}

void TlsClient::say(std::string_view plain) {
  std::size_t written = 0;
  SSL_write_ex(state_->ssl, plain.data(), plain.size(), &written);
}

void TlsClient::end() {
  SSL_shutdown(state_->ssl);
}

std::string TlsClient::output() {
  std::string bytes(BIO_ctrl_pending(state_->output), '\0');
  std::size_t count = 0;
  if (!bytes.empty()) BIO_read_ex(state_->output, bytes.data(), bytes.size(), &count);
  return bytes;
}

bool TlsClient::is_ready() const {
  return failure_.empty() && SSL_is_init_finished(state_->ssl) == 1;
}

std::string TlsClient::server_name() const {
  X509* certificate = SSL_get1_peer_certificate(state_->ssl);
  if (certificate == nullptr) return {};
  std::array<char, 100> name{};
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name.data(),
                            static_cast<int>(name.size()));
  X509_free(certificate);
  return name.data();
}

}  // namespace alluvium::test
