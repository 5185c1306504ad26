#include "core/hash/digest.hpp"

#include <new>

#include <openssl/evp.h>

namespace alluvium::hash {

namespace {

constexpr std::string_view base32_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::string_view hex_digits = "0123456789abcdef";

/// Fetching the algorithm by name costs as much as hashing a small block: done once.
const EVP_MD* sha256_algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return algorithm;
}

int digit_value(std::string_view digits, char c, char lowest_other_case, char highest_other_case,
                int shift) {
  if (c >= lowest_other_case && c <= highest_other_case) c = static_cast<char>(c + shift);
  const auto at = digits.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

}  // namespace

struct Sha256::Context {
  EVP_MD_CTX* handle = EVP_MD_CTX_new();
  Context() {
    if (handle == nullptr || EVP_DigestInit_ex2(handle, sha256_algorithm(), nullptr) != 1) {
      EVP_MD_CTX_free(handle);
      throw std::bad_alloc();
    }
  }
  ~Context() { EVP_MD_CTX_free(handle); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

Sha256& Sha256::update(ByteView bytes) {
  EVP_DigestUpdate(context_->handle, bytes.data(), bytes.size());
  return *this;
}

Digest Sha256::finish() {
  Digest digest;
  EVP_DigestFinal_ex(context_->handle, digest.data(), nullptr);
  EVP_DigestInit_ex2(context_->handle, nullptr, nullptr);
  return digest;
}

Digest sha256(ByteView bytes) {
  thread_local Sha256 hasher;
  return hasher.update(bytes).finish();
}

std::string hex(const Digest& digest) {
  std::string text;
  for (const auto byte : digest) {
    text += hex_digits[byte >> 4];
    text += hex_digits[byte & 15];
  }
  return text;
}

std::optional<Digest> digest_from_hex(std::string_view text) {
  Digest digest{};
  if (text.size() != digest.size() * 2) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int value = digit_value(hex_digits, text[i], 'A', 'F', 'a' - 'A');
    if (value < 0) return std::nullopt;
    digest[i / 2] = static_cast<std::uint8_t>(digest[i / 2] << 4 | value);
  }
  return digest;
}

std::string base32(const Digest& digest) {
  std::string text;
  unsigned bits = 0;
  unsigned held = 0;
  for (const auto byte : digest) {
    bits = bits << 8 | byte;
    held += 8;
    while (held >= 5) text += base32_digits[bits >> (held -= 5) & 31];
    bits &= (1u << held) - 1;
  }
  if (held > 0) text += base32_digits[bits << (5 - held) & 31];
  return text;
}

std::optional<Digest> digest_from_base32(std::string_view text) {
  Digest digest{};
  if (text.size() != 52) return std::nullopt;
  unsigned bits = 0;
  unsigned held = 0;
  std::size_t filled = 0;
  for (const char c : text) {
    const int value = digit_value(base32_digits, c, 'a', 'z', 'A' - 'a');
    if (value < 0) return std::nullopt;
    bits = bits << 5 | static_cast<unsigned>(value);
    held += 5;
    if (held >= 8) {
      held -= 8;
      digest[filled++] = static_cast<std::uint8_t>(bits >> held);
      bits &= (1u << held) - 1;
    }
  }
  if (bits != 0) return std::nullopt;
  return digest;
}

std::string base64(const Digest& digest) {
  std::string text(44, '\0');
  // EVP_EncodeBlock also writes a terminating zero, for which std::string has room.
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), digest.data(),
                  static_cast<int>(digest.size()));
  return text;
}

}  // namespace alluvium::hash
