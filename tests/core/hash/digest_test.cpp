#include "core/hash/digest.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::hash;

TEST_CASE("SHA-256 of the published vectors (FIPS 180-4)") {
  CHECK(hex(sha256({})) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(hex(sha256(as_bytes("abc"))) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("a digest survives its hexadecimal and base32 spelling in any case") {
  const Digest digest = sha256(as_bytes("abc"));
  CHECK(digest_from_hex(hex(digest)) == digest);
  CHECK(base32(digest).size() == 52);
  CHECK(base32(digest) == "XJ4BNP4PAHH6UQKBIDPF3LRCEOYAGYNDSYLXVHFUCD7WD4QACWWQ");
  CHECK(digest_from_base32("xj4bnp4pahh6uqkbidpf3lrceoyagyndsylxvhfucd7wd4qacwwq") == digest);
  CHECK(base64(digest) == "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
}

TEST_CASE("spellings of a digest that are not exact are refused") {
  const std::string good = base32(sha256({}));
  CHECK_FALSE(digest_from_base32(good.substr(1)));
  CHECK_FALSE(digest_from_base32(good + "A"));
  CHECK_FALSE(digest_from_base32("1" + good.substr(1)));
  CHECK_FALSE(digest_from_base32(good.substr(0, 51) + "B"));  // one of the unused bits is set
  CHECK_FALSE(digest_from_hex(std::string(63, '0')));
  CHECK_FALSE(digest_from_hex(std::string(63, '0') + "g"));
}
