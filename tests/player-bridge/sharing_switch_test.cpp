#include "player-bridge/page/sharing_switch.hpp"

#include "tests/player-bridge/local_scene.hpp"

#include <set>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::bridge;
using namespace alluvium::bridge::test;

namespace {

const std::string form = "application/x-www-form-urlencoded";
const std::string json = "application/json";

http::Request post(const std::string& type, std::string body) {
  http::Request request = LocalScene::request("POST", "/sharing");
  request.headers.add("Content-Type", type);
  request.body = std::move(body);
  return request;
}

http::Request honest_post() {
  return post(form, "rate=2M&token=0123456789abcdef");
}

bool is_one_sentence(const http::Response& response) {
  const std::string text = to_string(response.body.view());
  return text.size() > 10 && text.ends_with(".\n") && occurrences(text, "\n") == 1;
}

}  // namespace

TEST_CASE("what is posted with the page's token is shared from then on") {
  struct Row {
    const char* rate;
    const char* shared;
  };
  for (const Row& row : {Row{"off", "off"}, Row{"unlimited", "unlimited"}, Row{"2M", "2000000"},
                         Row{"512k", "512000"}, Row{"800000", "800000"}}) {
    CAPTURE(row.rate);
    LocalScene scene;
    const std::string rate = row.rate;
    const http::Response by_form = scene.ask(post(form, "token=0123456789abcdef&rate=" + rate));
    CHECK(by_form.head.status == 303);
    CHECK(by_form.head.headers.find("Location") == "/");
    const http::Response by_script = scene.ask(
        post(json + "; charset=utf-8", R"({"rate":")" + rate + R"(","token":"0123456789abcdef"})"));
    CHECK(by_script.head.status == 204);
    CHECK(scene.shared == std::vector<std::string>{row.shared, row.shared});
  }
}

TEST_CASE("a form is decoded as browsers encode it") {
  LocalScene scene;
  CHECK(scene.ask(post(form, "rate=%32%4D&other=&token=0123456789%61bcdef&empty")).head.status ==
        303);
  CHECK(scene.shared == std::vector<std::string>{"2000000"});
}

TEST_CASE("without the token nothing is changed") {
  const std::string body = GENERATE(R"({"rate":"off"})", R"({"rate":"off","token":""})",
                                    R"({"rate":"off","token":"0123456789abcdeF"})",
                                    R"({"rate":"off","token":"0123456789abcde"})",
                                    R"({"rate":"off","token":"0123456789abcdef0"})",
                                    R"({"rate":"nonsense","token":"1123456789abcdef"})");
  CAPTURE(body);
  LocalScene scene;
  const http::Response answer = scene.ask(post(json, body));
  CHECK(answer.head.status == 403);
  CHECK(is_one_sentence(answer));
  CHECK(to_string(answer.body.view()).find(LocalScene::token) == std::string::npos);
  CHECK(scene.shared.empty());
}

TEST_CASE("what makes no sense is refused in a sentence") {
  struct Row {
    std::string type;
    std::string body;
    int status;
  };
  const std::string token = R"("token":"0123456789abcdef")";
  for (const Row& row :
       {Row{form, "rate=lots&token=0123456789abcdef", 400},
        Row{form, "rate=0&token=0123456789abcdef", 400},
        Row{form, "rate=-1&token=0123456789abcdef", 400},
        Row{form, "rate=%zz&token=0123456789abcdef", 400},
        Row{form, "rate=off&rate=2M&token=0123456789abcdef", 400},
        Row{form, "token=0123456789abcdef", 400},
        Row{form, "rate=%3Cb%3E%0d%0aX: y&token=0123456789abcdef", 400}, Row{form, "", 403},
        Row{json, "", 400}, Row{json, "[]", 400}, Row{json, "{", 400}, Row{json, "\xff", 400},
        Row{json, std::string(1'000, '['), 400},
        Row{json, R"({"rate":2000000,)" + token + "}", 400},
        Row{json, R"({"rate":null,)" + token + "}", 400}, Row{json, "{" + token + "}", 400},
        Row{"text/plain", R"({"rate":"off",)" + token + "}", 415},
        Row{"multipart/form-data; boundary=x", "", 415},
        Row{"", R"({"rate":"off",)" + token + "}", 415}}) {
    CAPTURE(row.type, row.body);
    LocalScene scene;
    const http::Response answer = scene.ask(post(row.type, row.body));
    CHECK(answer.head.status == row.status);
    CHECK(is_one_sentence(answer));
    CHECK(scene.shared.empty());
  }
}

TEST_CASE("a post that another site makes a browser send is refused, token or not") {
  struct Row {
    const char* name;
    const char* value;
  };
  for (const Row& row :
       {Row{"Origin", "http://evil.example"}, Row{"Origin", "null"}, Row{"Origin", ""},
        Row{"Origin", "https://127.0.0.1:8000"}, Row{"Origin", "http://127.0.0.1:8001"},
        Row{"Origin", "http://127.0.0.1"}, Row{"Origin", "http://127.0.0.1:8000.evil.example"},
        Row{"Sec-Fetch-Site", "cross-site"}, Row{"Sec-Fetch-Site", "same-site"},
        Row{"Sec-Fetch-Site", "none"}, Row{"Sec-Fetch-Site", ""}}) {
    CAPTURE(row.name, row.value);
    LocalScene scene;
    http::Request request = honest_post();
    request.headers.add(row.name, row.value);
    const http::Response answer = scene.ask(request);
    CHECK(answer.head.status == 403);
    CHECK(is_one_sentence(answer));
    CHECK(scene.shared.empty());
  }
  LocalScene scene;
  http::Request request = honest_post();
  request.headers.add("Origin", "http://127.0.0.1:8000");
  request.headers.add("Sec-Fetch-Site", "same-origin");
  CHECK(scene.ask(request).head.status == 303);
  // HTTP/1.0 needs no Host, but then an Origin cannot be ours.
  http::Request old = honest_post();
  old.minor_version = 0;
  old.headers = {{"Content-Type", form}, {"Origin", "http://127.0.0.1:8000"}};
  CHECK(scene.ask(old).head.status == 403);
}

TEST_CASE("only the machine itself may change anything, and only it is told the token") {
  for (const char* remote :
       {"192.168.0.7:50000", "[2001:db8::1]:50000", "[::ffff:10.0.0.1]:5", "0.0.0.0:1"}) {
    CAPTURE(remote);
    LocalScene scene;
    http::Request request = honest_post();
    request.remote = net::parse_endpoint(remote).value();
    const http::Response answer = scene.ask(request);
    CHECK(answer.head.status == 403);
    CHECK(is_one_sentence(answer));
    CHECK(scene.shared.empty());
    http::Request page = LocalScene::request("GET", "/");
    page.remote = request.remote;
    CHECK(to_string(scene.ask(page).body.view()).find(LocalScene::token) == std::string::npos);
    page.target = "/status.json";
    const std::string status = to_string(scene.ask(page).body.view());
    CHECK(status.find("\"can_change\": false") != std::string::npos);
  }
  LocalScene scene;
  CHECK(occurrences(to_string(scene.ask(LocalScene::request("GET", "/")).body.view()),
                    LocalScene::token) == 2);
  const std::string status =
      to_string(scene.ask(LocalScene::request("GET", "/status.json")).body.view());
  CHECK(status.find("\"can_change\": true") != std::string::npos);
  CHECK(status.find(LocalScene::token) == std::string::npos);
}

TEST_CASE("what cannot be done is said, not claimed") {
  LocalScene scene;
  scene.applied = Error{"cannot listen on [::]:7000: it is in use by another program"};
  const http::Response answer = scene.ask(honest_post());
  CHECK(answer.head.status == 409);
  CHECK(to_string(answer.body.view()) ==
        "cannot listen on [::]:7000: it is in use by another program.\n");
}

TEST_CASE("nothing is changed by any other method or on any other path") {
  LocalScene scene;
  for (const char* method : {"GET", "HEAD", "PUT", "DELETE", "PATCH"}) {
    CAPTURE(method);
    http::Request request = honest_post();
    request.method = method;
    CHECK(scene.ask(request).head.status == 405);
  }
  for (const http::Route& route : scene.server.router().routes()) {
    CAPTURE(route.path);
    CHECK((route.method == "GET") == (route.path != "/sharing"));
  }
  CHECK(scene.shared.empty());
}

TEST_CASE("no two runs have the same token") {
  std::set<std::string> tokens;
  for (int i = 0; i < 100; ++i) {
    const std::string token = random_token();
    CHECK(token.size() == 64);
    CHECK(token.find_first_not_of("0123456789abcdef") == std::string::npos);
    tokens.insert(token);
  }
  CHECK(tokens.size() == 100);
}
