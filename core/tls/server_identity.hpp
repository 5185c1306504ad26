#pragma once

#include "core/base/result.hpp"
#include "core/uv/secure_channel.hpp"

#include <filesystem>
#include <memory>

struct ssl_ctx_st;

namespace alluvium::tls {

/// What a server shows of itself: a certificate with those that vouch for it, and its key, both PEM
/// files. Speaks TLS 1.2 and 1.3, without renegotiation and compression, for HTTP/1.1. There is
/// always a whole identity: files that cannot be used never replace one that can. Outlives the
/// servers it is given to.
class ServerIdentity final : public uv::SecureChannels {
 public:
  struct Files {
    std::filesystem::path certificate;  ///< The server's own first, then those that vouch for it.
    std::filesystem::path key;          ///< Without a pass phrase.
  };

  /// Throws std::runtime_error with one sentence if the files cannot be used.
  explicit ServerIdentity(Files files);
  ~ServerIdentity() override;

  /// Reads the files again, for connections that begin from now on. If they cannot be used, what
  /// was there stays. Reads from disk: a few milliseconds.
  Status reload();

  [[nodiscard]] std::unique_ptr<uv::SecureChannel> accept() override;

 private:
  struct Free {
    void operator()(ssl_ctx_st* context) const;
  };
  using Context = std::unique_ptr<ssl_ctx_st, Free>;
  [[nodiscard]] static Result<Context> load(const Files& files);

  Files files_;
  Context context_;
};

}  // namespace alluvium::tls
