#include "core/net/address_rules.hpp"

#include <catch2/catch.hpp>

using namespace alluvium::net;

namespace {

IpAddress address(const char* text) {
  return IpAddress::parse(text).value();
}

}  // namespace

TEST_CASE("by default only public addresses may be contacted, however the others are spelt") {
  const AddressRules rules = AddressRules::public_only();
  for (const auto* good :
       {"8.8.8.8", "1.1.1.1", "2606:4700::1111", "64:ff9b::8.8.8.8", "2002:808:808::1",
        "172.32.0.1", "100.128.0.1", "168.63.129.15", "2606:4700::5efe:808:808"}) {
    CAPTURE(good);
    CHECK(rules.permits(address(good)));
  }
  for (const auto* bad : {"127.0.0.1",
                          "127.255.255.254",
                          "10.0.0.1",
                          "172.16.0.1",
                          "172.31.255.255",
                          "192.168.1.1",
                          "169.254.169.254",
                          "100.64.0.1",
                          "0.0.0.0",
                          "0.1.2.3",
                          "192.0.2.1",
                          "198.18.0.1",
                          "224.0.0.1",
                          "255.255.255.255",
                          "240.0.0.1",
                          "::",
                          "::1",
                          "fe80::1",
                          "fc00::1",
                          "fd12::1",
                          "ff02::1",
                          "::ffff:127.0.0.1",
                          "::127.0.0.1",
                          "64:ff9b::127.0.0.1",
                          "64:ff9b::10.0.0.1",
                          "64:ff9b:1::8.8.8.8",
                          "2002:7f00:1::",
                          "2002:c0a8:101::1",
                          "2001:0:53aa:64c:0:0:0:1",
                          "2001:db8::1",
                          "2001:10::1",
                          "2606:4700::5efe:a00:1",
                          "2002:808:808::200:5efe:7f00:1",
                          "168.63.129.16",
                          "::ffff:0:127.0.0.1",
                          "100::1",
                          "fec0::1",
                          "3fff::1",
                          "4000::1"}) {
    CAPTURE(bad);
    CHECK_FALSE(rules.permits(address(bad)));
  }
}

TEST_CASE("an allowed network opens exactly itself") {
  AddressRules rules;
  rules.allow(parse_network("127.0.0.0/30").value());
  rules.allow(parse_network("fd00:1::/32").value());
  CHECK(rules.permits(address("127.0.0.3")));
  CHECK(rules.permits(address("::ffff:127.0.0.1")));
  CHECK_FALSE(rules.permits(address("127.0.0.4")));
  CHECK_FALSE(rules.permits(address("64:ff9b::127.0.0.1")));
  CHECK(rules.permits(address("fd00:1:ffff::1")));
  CHECK_FALSE(rules.permits(address("fd00:2::1")));
}

TEST_CASE("what the user named may be anywhere, but a public server leads to public ones only") {
  const AddressRules rules = AddressRules::chosen_by_user();
  for (const auto* anywhere : {"127.0.0.1", "192.168.1.1", "fe80::1", "8.8.8.8"}) {
    CAPTURE(anywhere);
    CHECK(rules.permits(address(anywhere)));
    CHECK(rules.after(address("192.168.1.1")).permits(address(anywhere)));
  }
  const AddressRules narrowed = rules.after(address("8.8.8.8"));
  CHECK(narrowed.permits(address("1.1.1.1")));
  CHECK_FALSE(narrowed.permits(address("192.168.1.1")));
  CHECK_FALSE(narrowed.after(address("192.168.1.1")).permits(address("192.168.1.1")));
  CHECK(AddressRules::everything().after(address("8.8.8.8")).permits(address("10.0.0.1")));
}

TEST_CASE("networks are read with a prefix length of their own family") {
  CHECK(parse_network("10.0.0.0/8")->prefix_bits == 104);
  CHECK(parse_network("::1")->prefix_bits == 128);
  for (const auto* bad : {"", "/8", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0/8", "x/8"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_network(bad));
  }
}
