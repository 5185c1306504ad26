#include "core/tls/server_identity.hpp"

#include "core/base/text.hpp"
#include "core/tls/channel.hpp"

#include <array>
#include <stdexcept>
#include <string>
#include <utility>

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace alluvium::tls {

namespace {

/// Why OpenSSL refused, in its words.
std::string reason() {
  const auto code = ERR_peek_last_error();
  const char* text = ERR_reason_error_string(code);
  ERR_clear_error();
  return text != nullptr ? text : "it cannot be read";
}

Error about(const std::filesystem::path& file, const char* what) {
  return Error{printable(file.string()) + " cannot be used as the " + what + ": " + reason()};
}

/// For ALPN: HTTP/1 is all there is, and who offers only others is told so.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* length,
                    const unsigned char* offered, unsigned int offered_length, void*) {
  static constexpr std::string_view spoken = "\x08http/1.1\x08http/1.0";
  unsigned char* found = nullptr;
  const int result =
      SSL_select_next_proto(&found, length, as_bytes(spoken).data(),
                            static_cast<unsigned int>(spoken.size()), offered, offered_length);
  *chosen = found;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

}  // namespace

void ServerIdentity::Free::operator()(ssl_ctx_st* context) const {
  SSL_CTX_free(context);
}

ServerIdentity::ServerIdentity(Files files) : files_(std::move(files)) {
  if (const auto loaded = reload(); !loaded) throw std::runtime_error(loaded.error().message);
}

ServerIdentity::~ServerIdentity() = default;

Status ServerIdentity::reload() {
  auto loaded = load(files_);
  if (!loaded) return loaded.error();
  context_ = std::move(*loaded);
  return {};
}

std::unique_ptr<uv::SecureChannel> ServerIdentity::accept() {
  return std::make_unique<Channel>(context_.get());
}

Result<ServerIdentity::Context> ServerIdentity::load(const Files& files) {
  ERR_clear_error();
  Context context(SSL_CTX_new(TLS_server_method()));
  if (!context) return Error{"TLS cannot be used: " + reason()};
  SSL_CTX* ctx = context.get();
  SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
  SSL_CTX_set_options(
      ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  // There may be thousands of connections, most of them idle.
  SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
  // Who comes again brings what is to be remembered with it.
  SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_alpn_select_cb(ctx, &choose_protocol, nullptr);
  // A key with a pass phrase is refused; nobody is there to type it.
  SSL_CTX_set_default_passwd_cb(ctx, [](char*, int, int, void*) { return 0; });
  if (SSL_CTX_use_certificate_chain_file(ctx, files.certificate.c_str()) != 1) {
    return about(files.certificate, "TLS certificate");
  }
  if (SSL_CTX_use_PrivateKey_file(ctx, files.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    return about(files.key, "key of the TLS certificate");
  }
  return context;
}

}  // namespace alluvium::tls
