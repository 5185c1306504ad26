#include "core/peer/upload_ledger.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::peer;

namespace {

net::IpAddress address(unsigned i) {
  return net::IpAddress::v4(10, 0, static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i));
}

}  // namespace

TEST_CASE("what was sent is counted by address") {
  UploadLedger ledger;
  ledger.on_sent(address(1), 100);
  ledger.on_sent(address(2), 7);
  ledger.on_sent(address(1), 50);
  const std::map<net::IpAddress, std::uint64_t> expected{{address(1), 150}, {address(2), 7}};
  CHECK(ledger.sent() == expected);
}

TEST_CASE("a full ledger forgets who was sent something longest ago") {
  UploadLedger ledger;
  for (unsigned i = 0; i < UploadLedger::max_addresses; ++i) ledger.on_sent(address(i), 1);
  ledger.on_sent(address(0), 1);
  ledger.on_sent(address(1'000), 1);
  const auto sent = ledger.sent();
  CHECK(sent.size() == UploadLedger::max_addresses);
  CHECK(sent.at(address(0)) == 2);
  CHECK_FALSE(sent.contains(address(1)));
  CHECK(sent.contains(address(2)));
  CHECK(sent.contains(address(1'000)));
}
