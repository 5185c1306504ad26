#include "core/hash/mac.hpp"

#include <new>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace alluvium::hash {

Digest hmac_sha256(ByteView key, ByteView message) {
  Digest mac{};
  unsigned int length = 0;
  // It fails only for want of memory.
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), message.data(), message.size(),
           mac.data(), &length) == nullptr) {
    throw std::bad_alloc();
  }
  return mac;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace alluvium::hash
