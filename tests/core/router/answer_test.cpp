#include "core/router/answer.hpp"

#include "core/router/default_route.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::router;
using namespace std::chrono_literals;

namespace {

const Mapping by_upnp{Protocol::upnp, 0, 51413, 3600s, "http://192.168.1.1:5000/ctl", "urn:x:1"};
const Mapping by_nat_pmp{Protocol::nat_pmp, 0, 51413, 7200s, {}, {}};

}  // namespace

TEST_CASE("an errand is read as it was written") {
  const Errand open{{MapPort::automatic, 5000, 6000, 3600s}, {}, {}};
  const Errand close{{MapPort::upnp, 5000, 6000, 0s}, by_upnp.control_url, by_upnp.service};
  for (const Errand& errand : {open, close}) {
    const auto words = to_arguments(errand);
    const std::vector<std::string_view> views(words.begin(), words.end());
    const auto read = parse_errand(views);
    REQUIRE(read);
    CHECK(to_arguments(*read) == words);
    CHECK(read->request.how == errand.request.how);
    CHECK(read->control_url == errand.control_url);
  }
}

TEST_CASE("an errand that makes no sense is none") {
  const std::vector<std::vector<std::string_view>> wrong = {
      {},
      {"auto"},
      {"off", "5000", "5000", "1"},
      {"auto", "0", "5000", "1"},
      {"auto", "65536", "5000", "1"},
      {"auto", "5000", "-1", "1"},
      {"auto", "5000", "5000", "1", "http://192.168.1.1/"},
      {"auto", "5000", "5000", "1", "http://192.168.1.1/ x", "y"},
      {"auto", "5000", "5000", "1", "", "y"}};
  for (const auto& words : wrong) CHECK_FALSE(parse_errand(words));
}

TEST_CASE("what the helper found out is read as it was written") {
  const FailedAttempt silence{Protocol::nat_pmp, Failure::no_answer, 0};
  const FailedAttempt refusal{Protocol::upnp, Failure::refused, 718};
  Outcome outcome = parse_outcome(to_line(silence) + to_line(by_upnp), MapPort::automatic);
  CHECK(outcome.mapping == by_upnp);
  CHECK(outcome.failed == std::vector{silence});
  CHECK(parse_outcome(to_line(by_nat_pmp), MapPort::automatic).mapping == by_nat_pmp);
  outcome = parse_outcome(to_line(silence) + to_line(refusal), MapPort::automatic);
  CHECK_FALSE(outcome.mapping);
  CHECK(outcome.failed == std::vector{silence, refusal});
}

TEST_CASE("a helper that was ended before it could say all had not come to an end") {
  const FailedAttempt silence{Protocol::nat_pmp, Failure::no_answer, 0};
  CHECK(parse_outcome(to_line(silence), MapPort::automatic).failed ==
        std::vector<FailedAttempt>{silence, {Protocol::upnp, Failure::overdue, 0}});
  CHECK(parse_outcome("", MapPort::upnp).failed ==
        std::vector<FailedAttempt>{{Protocol::upnp, Failure::overdue, 0}});
  CHECK(parse_outcome("", MapPort::nat_pmp).failed ==
        std::vector<FailedAttempt>{{Protocol::nat_pmp, Failure::overdue, 0}});
}

TEST_CASE("lines that the helper does not write are left out") {
  for (const char* line : {"upnp granted 51413 3600", "upnp granted 0 3600 http://a/ b",
                           "upnp granted 65536 3600 http://a/ b", "upnp granted 1 -1 http://a/ b",
                           "nat-pmp granted 51413 7200 http://a/ b", "nat-pmp granted 51413",
                           "NAT-PMP granted 51413 7200", "nat-pmp  granted 51413 7200",
                           "nat-pmp granted 51413 99999999999", "upnp granted 1 1 \x01 b", "\n\n",
                           "upnp granted 1 1 http://a/ b c"}) {
    INFO(line);
    const Outcome outcome = parse_outcome(line, MapPort::automatic);
    CHECK_FALSE(outcome.mapping);
    CHECK(outcome.failed.size() == 2);
  }
  const Outcome twice = parse_outcome("upnp no-answer 0\nupnp refused 1\n", MapPort::upnp);
  CHECK(twice.failed.size() == 1);
}

TEST_CASE("only a URL that is written with the router's own address leads to it") {
  const auto router = *net::IpAddress::parse("192.168.1.1");
  for (const char* url : {"http://192.168.1.1/", "http://192.168.1.1:5000/desc.xml",
                          "http://192.168.1.1:65535/a?b#c"}) {
    CHECK(leads_to(url, router));
  }
  for (const char* url : {"",
                          "http://",
                          "http://192.168.1.1",
                          "http://192.168.1.1:5000",
                          "http://192.168.1.10/",
                          "http://192.168.1.1.example/",
                          "http://192.168.1.1@9.9.9.9/",
                          "http://192.168.1.1:80@9.9.9.9/",
                          "http://x@192.168.1.1/",
                          "http://192.168.1.1\\@9.9.9.9/",
                          "https://192.168.1.1/",
                          "HTTP://192.168.1.1/",
                          "http://192.168.001.001/",
                          "http://3232235777/",
                          "http://[::1]/",
                          "http://127.0.0.1/",
                          "http://8.8.8.8/",
                          "http://router/",
                          "http://192.168.1.1:/",
                          "http://192.168.1.1:0/",
                          "http://192.168.1.1:65536/",
                          "http://192.168.1.1:5e3/",
                          "http://192.168.1.1/a b",
                          "http://192.168.1.1/\r\nX: y",
                          "http://192.168.1.1?/",
                          "http://192.168.1.1#/",
                          "//192.168.1.1/",
                          "http:/192.168.1.1/"}) {
    INFO(url);
    CHECK_FALSE(leads_to(url, router));
  }
}

TEST_CASE("a home network has private addresses") {
  const auto is = [](const char* text) { return is_of_home_network(*net::IpAddress::parse(text)); };
  for (const char* yes :
       {"10.0.0.1", "172.16.0.1", "172.31.255.254", "192.168.0.1", "169.254.1.1"}) {
    CHECK(is(yes));
  }
  for (const char* no : {"127.0.0.1", "8.8.8.8", "172.32.0.1", "100.64.0.1", "0.0.0.0", "::1",
                         "fe80::1", "192.0.2.1", "224.0.0.1"}) {
    CHECK_FALSE(is(no));
  }
}

TEST_CASE("what was tried is told in a few words") {
  const FailedAttempt a{Protocol::nat_pmp, Failure::no_answer, 0};
  CHECK(describe({a, {Protocol::upnp, Failure::no_answer, 0}}) == "NAT-PMP and UPnP: no answer");
  CHECK(describe({a, {Protocol::upnp, Failure::refused, 718}}) ==
        "NAT-PMP: no answer; UPnP: refused (718)");
  CHECK(describe({}).empty());
}
