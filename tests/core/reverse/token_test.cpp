#include "core/reverse/token.hpp"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::reverse;
using namespace std::chrono_literals;

namespace {

const net::Endpoint bearer{net::IpAddress::v4(203, 0, 113, 5), 7'001};
const net::Endpoint audience{net::IpAddress::v4(198, 51, 100, 1), 7'000};
const hash::Digest key = key_for("secret", audience);
const GatewayTime told{1'800'000'000s};
const Instant start{1h};

TokenCheck check_with_key() {
  TokenCheck check;
  check.set_key(key, told, start);
  return check;
}

}  // namespace

TEST_CASE("a token of the gateway's is good once, and says whose it is") {
  TokenCheck check = check_with_key();
  const std::string token = make_token(key, bearer, told + token_lifetime, 1);
  CHECK(check.admit(token, start) == bearer);
  CHECK_FALSE(check.admit(token, start));
  CHECK_FALSE(check.admit(token, start + 10s));
  CHECK(check.admit(make_token(key, bearer, told + token_lifetime, 2), start) == bearer);
  const net::Endpoint v6{*net::IpAddress::parse("2001:db8::7"), 7'001};
  CHECK(check.admit(make_token(key, v6, told + token_lifetime, 3), start) == v6);
}

TEST_CASE("a token is good for thirty seconds of the gateway's clock") {
  const std::string token = make_token(key, bearer, told + token_lifetime, 1);
  for (const auto late : {0s, 29s, 31s}) {
    CAPTURE(late.count());
    CHECK(check_with_key().admit(token, start + late) == bearer);
  }
  for (const auto late : {40s, 3'600s}) CHECK_FALSE(check_with_key().admit(token, start + late));
  // One that claims to last longer is not the gateway's way.
  CHECK_FALSE(check_with_key().admit(make_token(key, bearer, told + 60s, 1), start));
}

TEST_CASE("whoever has another key, or none, can make no token") {
  const GatewayTime expires = told + token_lifetime;
  CHECK_FALSE(TokenCheck().admit(make_token(key, bearer, expires, 1), start));
  const auto others_key = key_for("secret", bearer);
  CHECK_FALSE(check_with_key().admit(make_token(others_key, bearer, expires, 1), start));
  const auto other_secret = key_for("another", audience);
  CHECK_FALSE(check_with_key().admit(make_token(other_secret, bearer, expires, 1), start));
}

TEST_CASE("a token that was changed anywhere is none") {
  const std::string token = make_token(key, bearer, told + token_lifetime, 1);
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == '1' ? '2' : '1';
    CHECK_FALSE(check_with_key().admit(changed, start));
  }
  for (const std::string& text :
       std::vector<std::string>{"", ".", "...", "a.b.c.d", token.substr(1)}) {
    CHECK_FALSE(check_with_key().admit(text, start));
  }
  CHECK_FALSE(check_with_key().admit(token + std::string(1'000, 'a'), start));
}

TEST_CASE("of tokens that were seen a bounded number is kept, and nothing is let in beyond") {
  TokenCheck check = check_with_key();
  std::uint64_t nonce = 0;
  for (; nonce < TokenCheck::most_seen; ++nonce) {
    REQUIRE(check.admit(make_token(key, bearer, told + token_lifetime, nonce), start));
  }
  const std::string one_more = make_token(key, bearer, told + 40s, nonce);
  CHECK_FALSE(check.admit(one_more, start + 10s));
  // Those before are over.
  CHECK(check.admit(make_token(key, bearer, told + 80s, nonce), start + 50s));
}
