#include "gateway/origin_fetch.hpp"

#include "tests/gateway/surroundings.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::gateway;
using test::url;

namespace {

const std::string where = "http://a/x.mp3";

class Shelf final : public Storage {
 public:
  Contents load() override { return {}; }
  Status save(const FileVersion& file) override {
    saved.push_back(file.url.text());
    return broken ? Status(Error{"disk full"}) : Status();
  }
  std::vector<std::string> saved;
  bool broken = false;
};

struct Fixture {
  test::World world;
  test::FakeClient client{world};
  Shelf shelf;
  std::optional<OriginFetch::Outcome> outcome;
  std::unique_ptr<OriginFetch> fetch;

  void run(const FileVersion* known = nullptr) {
    fetch = std::make_unique<OriginFetch>(
        OriginFetch::Surroundings{client, world, shelf, world, net::AddressRules::public_only()},
        url(where), known, [this](OriginFetch::Outcome end) {
          REQUIRE_FALSE(outcome);
          outcome = std::move(end);
          fetch.reset();
        });
    world.settle();
  }
  std::string error() const {
    REQUIRE(outcome);
    REQUIRE(std::holds_alternative<OriginFetch::Failed>(*outcome));
    return std::get<OriginFetch::Failed>(*outcome).message;
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a file is hashed as it streams in, and kept before it is told of") {
  const std::string song = test::some_bytes(5'000'000);
  client.serve(where, song, {{"ETag", "\"v1\""}, {"Last-Modified", "yesterday"}});
  run();
  REQUIRE(outcome);
  const auto& fetched = std::get<OriginFetch::Fetched>(*outcome);
  const FileVersion expected = test::file_of(where, song);
  CHECK(fetched.file->root() == expected.root());
  CHECK(fetched.file->facts.sha256 == hash::sha256(as_bytes(song)));
  CHECK(fetched.file->facts.length == song.size());
  CHECK(fetched.file->facts.etag == "\"v1\"");
  CHECK(fetched.file->facts.last_modified == "yesterday");
  CHECK(fetched.file->facts.type == "audio/mpeg");
  CHECK(to_bytes(fetched.file->leaves.view()) == to_bytes(expected.leaves.view()));
  CHECK(fetched.file->pieces == expected.pieces);
  CHECK(fetched.kept);
  CHECK(shelf.saved == std::vector<std::string>{where});
}

TEST_CASE_METHOD(Fixture, "an empty file is a file") {
  client.serve(where, "");
  run();
  CHECK(std::get<OriginFetch::Fetched>(*outcome).file->leaves.size() == 32);
}

TEST_CASE_METHOD(Fixture, "a file that could not be kept is good nevertheless") {
  shelf.broken = true;
  client.serve(where, "song");
  run();
  const auto& fetched = std::get<OriginFetch::Fetched>(*outcome);
  CHECK(fetched.file != nullptr);
  CHECK(fetched.kept.error().message == "disk full");
}

TEST_CASE("answers that are not the whole file under a known length are refused") {
  struct Row {
    const char* what;
    test::FakeClient::Answer answer;
  };
  const http::TransferError cut{http::TransferFailure::broken, "the connection was cut"};
  const Row rows[] = {
      {"404", {404, {{"Content-Length", "4"}}, "none", {}, false}},
      {"206 unasked", {206, {{"Content-Length", "4"}}, "song", {}, false}},
      {"304 unasked", {304, {}, "", {}, false}},
      {"no length", {200, {}, "song", {}, false}},
      {"length that is none", {200, {{"Content-Length", "x"}}, "song", {}, false}},
      {"too short", {200, {{"Content-Length", "5"}}, "song", {}, false}},
      {"too long", {200, {{"Content-Length", "3"}}, "song", {}, false}},
      {"gzip", {200, {{"Content-Length", "4"}, {"Content-Encoding", "gzip"}}, "song", {}, false}},
      {"huge", {200, {{"Content-Length", "17179869185"}}, "song", {}, false}},
      {"cut", {200, {{"Content-Length", "9"}}, "song", cut, false}},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    Fixture f;
    f.client.answer(where, row.answer);
    f.run();
    CHECK_FALSE(f.error().empty());
    CHECK(f.shelf.saved.empty());
  }
}

TEST_CASE("a fetch that no origin answers ends at one moment, whatever the reason") {
  using http::TransferFailure;
  const test::FakeClient::Answer rows[] = {
      {200, {}, "", http::TransferError{TransferFailure::refused, "connection refused"}, false},
      {200, {}, "", http::TransferError{TransferFailure::forbidden, "not permitted"}, false},
      {200, {}, "", http::TransferError{TransferFailure::name_unknown, "no such host"}, false},
      {200, {}, "", http::TransferError{TransferFailure::broken, "redirected too often"}, false},
      {200, {}, "", {}, true},
  };
  for (const auto& row : rows) {
    Fixture f;
    f.client.answer(where, row);
    f.run();
    f.world.advance(std::chrono::milliseconds(7'999));
    CHECK_FALSE(f.outcome);
    f.world.advance(std::chrono::milliseconds(1));
    CHECK(f.error() == (row.error ? row.error->message : "the origin did not answer in time"));
  }
}

TEST_CASE_METHOD(Fixture, "a body may take longer than the head of its answer") {
  client.serve(where, test::some_bytes(3'000'000));
  run();
  world.advance(std::chrono::seconds(10));
  CHECK(std::holds_alternative<OriginFetch::Fetched>(*outcome));
}

TEST_CASE_METHOD(Fixture, "an origin that is much faster than the hash does not fill the memory") {
  // In this world the workers stand still while a body is being delivered.
  client.serve(where, std::string(260 << 20, 'x'));
  run();
  CHECK_THAT(error(), Catch::Contains("faster"));
}

TEST_CASE_METHOD(Fixture, "a known file is asked for only if it has changed") {
  FileVersion known = test::file_of(where, "song");
  known.facts.etag = "\"v1\"";
  known.facts.last_modified = "yesterday";
  client.answer(where, {304, {}, "", {}, false});
  run(&known);
  CHECK(std::holds_alternative<OriginFetch::Unchanged>(*outcome));
  CHECK(client.requests()[0].headers.find("If-None-Match") == "\"v1\"");
  CHECK(client.requests()[0].headers.find("If-Modified-Since") == "yesterday");
}

TEST_CASE_METHOD(Fixture, "an origin that answers as if there had been no condition is believed") {
  FileVersion known = test::file_of(where, "song");
  known.facts.etag = "\"v1\"";
  client.serve(where, "song", {{"ETag", "\"v1\""}});
  run(&known);
  CHECK(std::holds_alternative<OriginFetch::Unchanged>(*outcome));
  CHECK(fetch == nullptr);
}

TEST_CASE("what is of the same length and date but of another ETag is another version") {
  for (const auto* etag : {"\"v2\"", ""}) {
    Fixture f;
    FileVersion known = test::file_of(where, "song");
    known.facts.etag = "\"v1\"";
    known.facts.last_modified = "yesterday";
    f.client.serve(where, "gong", {{"ETag", etag}, {"Last-Modified", "yesterday"}});
    f.run(&known);
    REQUIRE(std::holds_alternative<OriginFetch::Fetched>(*f.outcome));
    CHECK(std::get<OriginFetch::Fetched>(*f.outcome).file->root() ==
          test::file_of(where, "gong").root());
  }
}

TEST_CASE_METHOD(Fixture, "where there is nothing to ask by, the length alone is asked for") {
  const FileVersion known = test::file_of(where, "song");
  client.serve(where, "gong");
  run(&known);
  CHECK(client.requests()[0].method == "HEAD");
  CHECK(std::holds_alternative<OriginFetch::Unchanged>(*outcome));

  outcome.reset();
  client.serve(where, "a longer song");
  run(&known);
  CHECK(std::holds_alternative<OriginFetch::Changed>(*outcome));
}

TEST_CASE_METHOD(Fixture, "header values that are not safe to pass on are left out") {
  client.serve(where, "song",
               {{"ETag", std::string(300, 'x')},
                {"Last-Modified",
                 "a\x01"
                 "b"}});
  run();
  const auto& file = *std::get<OriginFetch::Fetched>(*outcome).file;
  CHECK(file.facts.etag.empty());
  CHECK(file.facts.last_modified.empty());
}

TEST_CASE_METHOD(Fixture, "a fetch that is given up says nothing more") {
  client.serve(where, test::some_bytes(3'000'000));
  fetch = std::make_unique<OriginFetch>(
      OriginFetch::Surroundings{client, world, shelf, world, net::AddressRules::public_only()},
      url(where), nullptr, [](OriginFetch::Outcome) { FAIL("was told"); });
  fetch.reset();
  world.settle();
  CHECK(shelf.saved.empty());
}
