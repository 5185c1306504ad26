#include "player-bridge/local_server.hpp"

#include "player-bridge/options.hpp"
#include "tests/player-bridge/local_scene.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::bridge;
using namespace alluvium::bridge::test;

TEST_CASE("no route of the local port answers to a foreign host name") {
  LocalScene scene;
  REQUIRE(scene.server.router().routes().size() >= 7);
  for (const http::Route& route : scene.server.router().routes()) {
    CAPTURE(route.path);
    for (const char* host : {"evil.example", "127.0.0.1.evil.example", "10.0.0.1:8000", "[::2]"}) {
      http::Request request{.method = route.method, .target = route.path};
      request.headers.add("Host", host);
      request.local.address = net::IpAddress::v4(127, 0, 0, 1);
      KeptAnswer kept;
      CHECK(scene.server.on_request(request, kept) == nullptr);
      REQUIRE(kept.answer);
      CHECK(kept.answer->head.status == 421);
      CHECK(as_text(kept.answer->body.view()).find("alert") == std::string_view::npos);
    }
  }
}

TEST_CASE("lists for players name the stream as often as they need it, on lines of their own") {
  const ListenerStatus status = hostile_status();
  CHECK(occurrences(m3u_file(status), "\n" + status.stream_url + "\n") == 50);
  CHECK(occurrences(m3u_file(status), "\n") == 101);
  CHECK(occurrences(pls_file(status), "=" + status.stream_url + "\n") == 50);
  CHECK(pls_file(status).starts_with("[playlist]\nNumberOfEntries=50\nFile1=http"));
  CHECK(occurrences(xspf_file(status), "<location>" + status.stream_url + "</location>") == 1);
  CHECK(xspf_file(status).find("<script") == std::string::npos);
}

TEST_CASE("lists name the stream at the address at which they were asked for") {
  LocalScene scene;
  http::Request request{.method = "GET", .target = "/stream.m3u"};
  request.local = net::parse_endpoint("192.0.2.7:8100").value();
  request.headers.add("Host", "192.0.2.7:8100");
  KeptAnswer kept;
  CHECK(scene.server.on_request(request, kept) == nullptr);
  REQUIRE(kept.answer);
  CHECK(occurrences(to_string(kept.answer->body.view()), "http://192.0.2.7:8100/stream\n") == 50);
}

TEST_CASE("rates and sizes are read in decimal units, and nothing else is") {
  CHECK(parse_size("0").value() == 0);
  CHECK(parse_size("64k").value() == 64'000);
  CHECK(parse_size("500M").value() == 500'000'000);
  CHECK(parse_size("2G").value() == 2'000'000'000);
  CHECK(parse_size("18446744073709551615").value() == UINT64_MAX);
  for (const char* bad : {"", "k", "-1", "+1", " 1", "1 M", "1.5M", "2Mi", "2MB",
                          "18446744073709551616", "18446744073709552k", "off", "0x10"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_size(bad));
    if (std::string_view(bad) != "off") CHECK_FALSE(parse_share(bad));
  }
  CHECK_FALSE(parse_share("0"));
  CHECK_FALSE(parse_share("off").value().has_value());
  struct Row {
    const char* text;
    const char* described;
  };
  for (const Row& row :
       {Row{"unlimited", "unlimited"}, Row{"2M", "2 Mbit/s"}, Row{"512k", "512 kbit/s"},
        Row{"1500k", "1500 kbit/s"}, Row{"1000k", "1 Mbit/s"}, Row{"800001", "800001 bit/s"}}) {
    CAPTURE(row.text);
    CHECK(describe_rate(parse_share(row.text).value().value()) == row.described);
  }
}
