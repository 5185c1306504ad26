#include "core/http/router.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::http;

namespace {

/// Keeps a whole answer.
class KeptAnswer final : public Responder {
 public:
  Response response;
  void send(Response answer) override { response = std::move(answer); }
  void begin(ResponseHead, std::optional<std::uint64_t>) override {}
  void write(Slice) override {}
  void end() override {}
  void abort() override {}
  std::size_t queued_bytes() const override { return 0; }
};

Router example_router() {
  Router router(HostRule::any_literal());
  const auto named = [](std::string name) {
    return [name](const Request& request, Responder& responder) {
      responder.send(text_response(200, name + " " + request.method));
      return std::unique_ptr<Exchange>();
    };
  };
  router.add({"GET", "/a", named("a")});
  router.add({"POST", "/b", named("b")});
  router.add({"DELETE", "/b", named("b")});
  router.add({"GET", "/c", named("c")});
  router.add({"HEAD", "/c", named("c's own")});
  return router;
}

Response asked(std::string method, std::string target, std::string host = "127.0.0.1") {
  Router router = example_router();
  Request request;
  request.method = std::move(method);
  request.target = std::move(target);
  request.headers.add("Host", std::move(host));
  KeptAnswer answer;
  CHECK_FALSE(router.on_request(request, answer));
  return answer.response;
}

std::string body_of(const Response& response) {
  return to_string(response.body.view());
}

}  // namespace

TEST_CASE("a route is found by its exact path, whatever the query") {
  CHECK(body_of(asked("GET", "/a")) == "a GET\n");
  CHECK(body_of(asked("GET", "/a?x=/b")) == "a GET\n");
  CHECK(body_of(asked("POST", "/b")) == "b POST\n");
  for (const auto* other : {"/", "/A", "/a/", "/aa", "//a", "/%61", "/a;b", "/b/../a", "?"}) {
    CAPTURE(other);
    CHECK(asked("GET", other).head.status == 404);
  }
}

TEST_CASE("GET also serves HEAD, unless HEAD has a route of its own") {
  CHECK(body_of(asked("HEAD", "/a")) == "a HEAD\n");
  CHECK(body_of(asked("HEAD", "/c")) == "c's own HEAD\n");
  CHECK(asked("HEAD", "/b").head.status == 405);
}

TEST_CASE("another method is told which ones the path takes") {
  CHECK(asked("POST", "/a").head.headers.find("Allow") == "GET, HEAD");
  CHECK(asked("GET", "/b").head.headers.find("Allow") == "DELETE, POST");
  CHECK(asked("PUT", "/c").head.headers.find("Allow") == "GET, HEAD");
  CHECK(asked("get", "/a").head.status == 405);
}

TEST_CASE("every path, known or not, is behind the host rule") {
  for (const auto* target : {"/a", "/b", "/c", "/unknown", "*"}) {
    for (const auto* method : {"GET", "HEAD", "POST", "OPTIONS"}) {
      CAPTURE(target, method);
      CHECK(asked(method, target, "evil.example").head.status == 421);
    }
  }
}

TEST_CASE("a question about the whole server is answered") {
  const auto answer = asked("OPTIONS", "*");
  CHECK(answer.head.status == 200);
  CHECK(answer.body.empty());
}
