#include "core/http/forwarded.hpp"

#include <optional>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::http;
using Strings = std::vector<std::string>;

namespace {

net::IpAddress ip(std::string_view text) {
  return net::IpAddress::parse(text).value();
}

TrustedProxies proxies(const Strings& networks) {
  TrustedProxies result;
  for (const auto& network : networks) result.add(net::parse_network(network).value());
  return result;
}

/// The client as text, or "refused".
std::string client(const Headers& headers, std::string_view caller = "10.0.0.1") {
  static const auto trusted = proxies({"10.0.0.0/8", "2001:db8:10::/48"});
  const auto found = trusted.client_of(headers, ip(caller));
  return found ? found->text() : "refused";
}

Headers x(const std::string& value) {
  return {{"X-Forwarded-For", value}};
}

Headers f(const std::string& value) {
  return {{"Forwarded", value}};
}

/// Says who asked.
class Echo final : public Handler {
 public:
  std::unique_ptr<Exchange> on_request(const Request& request, Responder& responder) override {
    responder.send(text_response(200, request.remote.text() + " " + request.body));
    return nullptr;
  }
};

class Kept final : public Responder {
 public:
  void send(Response response) override { sent = std::move(response); }
  void begin(ResponseHead, std::optional<std::uint64_t>) override {}
  void write(Slice) override {}
  void end() override {}
  void abort() override {}
  std::size_t queued_bytes() const override { return 0; }
  Response sent;
};

}  // namespace

TEST_CASE("only a named proxy is believed") {
  CHECK(client(x("192.0.2.7"), "198.51.100.9") == "198.51.100.9");
  CHECK(client(f("for=192.0.2.7"), "198.51.100.9") == "198.51.100.9");
  CHECK(client(f("nonsense\""), "198.51.100.9") == "198.51.100.9");
  CHECK(client({}, "10.1.2.3") == "10.1.2.3");
  CHECK(client(x("192.0.2.7"), "10.255.255.255") == "192.0.2.7");
  CHECK(client(x("192.0.2.7"), "11.0.0.0") == "11.0.0.0");
  CHECK(client(x("192.0.2.7"), "2001:db8:10::5") == "192.0.2.7");
  CHECK(client(x("192.0.2.7"), "::ffff:10.0.0.1") == "192.0.2.7");
}

TEST_CASE("the last hop that is no proxy is the client, whatever stands before it") {
  struct Row {
    const char* field;
    const char* expected;
  };
  const Row rows[] = {
      {"192.0.2.7", "192.0.2.7"},
      {"203.0.113.1, 192.0.2.7", "192.0.2.7"},
      {"203.0.113.1,192.0.2.7,10.0.0.9", "192.0.2.7"},
      {"192.0.2.7 , 10.0.0.9,\t10.0.0.8", "192.0.2.7"},
      {"garbage, 10.0.0.9, \"', 192.0.2.7", "192.0.2.7"},
      {"10.0.0.9, 10.0.0.8", "10.0.0.9"},
      {"192.0.2.7,", "192.0.2.7"},
      {",,192.0.2.7,,10.0.0.2", "192.0.2.7"},
      {"2001:db8::7", "2001:db8::7"},
      {"[2001:db8::7]", "2001:db8::7"},
      {"[2001:db8::7]:4711", "2001:db8::7"},
      {"192.0.2.7:4711", "192.0.2.7"},
      {"2001:db8:10::9, 2001:db8:11::9, 2001:db8:10::8", "2001:db8:11::9"},
      {"::ffff:192.0.2.7", "192.0.2.7"},
      {"", "10.0.0.1"},
      {" , ,", "10.0.0.1"},
      {"unknown", "refused"},
      {"192.0.2.7, unknown", "refused"},
      {"_hidden", "refused"},
      {"192.0.2", "refused"},
      {"192.0.2.7.8", "refused"},
      {"0300.0.2.7", "refused"},
      {"3221226007", "refused"},
      {"192.0.2.7:", "refused"},
      {"192.0.2.7:65536", "refused"},
      {"192.0.2.7:-1", "refused"},
      {"192.0.2.7:_port", "refused"},
      {"[192.0.2.7]", "refused"},
      {"[2001:db8::7", "refused"},
      {"[2001:db8::7]4711", "refused"},
      {"2001:db8::7%eth0", "refused"},
      {"\"192.0.2.7\"", "refused"},
      {"for=192.0.2.7", "refused"},
      {"localhost", "refused"},
      {"192.0.2.7 192.0.2.8", "refused"},
      {"192.0.2.7;192.0.2.8", "refused"},
  };
  for (const auto& row : rows) {
    INFO(row.field);
    CHECK(client(x(row.field)) == row.expected);
  }
  CHECK(client({{"X-Forwarded-For", "203.0.113.1"}, {"x-forwarded-for", "192.0.2.7"}}) ==
        "192.0.2.7");
}

TEST_CASE("Forwarded is read as its specification has it, and strictly") {
  struct Row {
    const char* field;
    const char* expected;
  };
  const Row rows[] = {
      {"for=192.0.2.60;proto=http;by=203.0.113.43", "192.0.2.60"},
      {"For=\"[2001:db8:cafe::17]:4711\"", "2001:db8:cafe::17"},
      {"for=192.0.2.43, for=\"[2001:db8:10::17]\"", "192.0.2.43"},
      {"proto=https ; FOR=192.0.2.43 ; host=\"a;b,c\\\"d\"", "192.0.2.43"},
      {"for=\"192\\.0.2.43\"", "192.0.2.43"},
      {"for=192.0.2.43:80", "192.0.2.43"},
      {"for=[2001:db8::7]:80", "2001:db8::7"},
      {"for=203.0.113.1, , for=192.0.2.7", "192.0.2.7"},
      {"for=unknown, for=192.0.2.7", "192.0.2.7"},
      {"proto=http, for=192.0.2.7", "192.0.2.7"},
      {"", "10.0.0.1"},
      {"for=192.0.2.7, proto=http", "refused"},
      {"for=unknown", "refused"},
      {"for=_gazonk", "refused"},
      {"for=\"_gazonk\"", "refused"},
      {"for=", "refused"},
      {"for", "refused"},
      {"=192.0.2.7", "refused"},
      {"for =192.0.2.7", "refused"},
      {"for=192.0.2.7 x", "refused"},
      {"for=192.0.2.7;", "refused"},
      {"for=192.0.2.7;;proto=http", "refused"},
      {"for=192.0.2.7;for=192.0.2.8", "refused"},
      {"for=\"192.0.2.7", "refused"},
      {"for=\"192.0.2.7\\", "refused"},
      {"for=\"192.0.2.7\"8", "refused"},
      {"for=2001:db8::7, for=[2001:db8::7]x", "refused"},
      // What a client could send before the part that a proxy adds.
      {"for=\", for=192.0.2.7", "refused"},
      {"for=\", for=\"[2001:db8::7]\"", "refused"},
      {"for=203.0.113.1;x=\"\\, for=192.0.2.7", "refused"},
      {"for=(203.0.113.1, for=192.0.2.7", "refused"},
  };
  for (const auto& row : rows) {
    INFO(row.field);
    CHECK(client(f(row.field)) == row.expected);
  }
  CHECK(client({{"Forwarded", "for=203.0.113.1"}, {"Forwarded", "for=192.0.2.7"}}) == "192.0.2.7");
  CHECK(client({{"Forwarded", "for=\""}, {"Forwarded", "for=192.0.2.7"}}) == "refused");
}

TEST_CASE("where both headers come they have to agree, as one may be the client's own") {
  const auto both = [](const std::string& a, const std::string& b) {
    return client({{"Forwarded", a}, {"X-Forwarded-For", b}});
  };
  CHECK(both("for=192.0.2.7", "192.0.2.7") == "192.0.2.7");
  CHECK(both("for=192.0.2.7", "192.0.2.7, 10.0.0.3") == "192.0.2.7");
  CHECK(both("for=203.0.113.1", "192.0.2.7") == "refused");
  CHECK(both("for=192.0.2.7", "unknown") == "refused");
  CHECK(both("", "192.0.2.7") == "192.0.2.7");
  CHECK(both("for=192.0.2.7", "") == "192.0.2.7");
}

TEST_CASE("a long list costs no more than its length, and a handler sees the client in the end") {
  std::string hops;
  for (int i = 0; i < 1'000; ++i) hops += "10.0.0.2, ";
  CHECK(client(x("192.0.2.7, " + hops)) == "192.0.2.7");

  Echo echo;
  BehindProxies entrance(proxies({"10.0.0.0/8"}), echo);
  Request request;
  request.body = "body";
  request.remote = {ip("10.0.0.1"), 4711};
  const auto answer = [&] {
    Kept kept;
    CHECK_FALSE(entrance.on_request(request, kept));
    return std::to_string(kept.sent.head.status) + " " + to_string(kept.sent.body.view());
  };
  CHECK(answer() == "200 10.0.0.1:4711 body\n");
  request.headers = x("192.0.2.7");
  CHECK(answer() == "200 192.0.2.7:0 body\n");
  request.headers = x("un<known");
  CHECK(answer().starts_with("400 "));
  request.remote.address = ip("192.0.2.1");
  CHECK(answer() == "200 192.0.2.1:4711 body\n");
}
