#include "core/base/bytes.hpp"
#include "core/http/immutable.hpp"
#include "player-bridge/accept.hpp"
#include "player-bridge/page/sharing_switch.hpp"
#include "tests/fuzz/require.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace {

using namespace alluvium;
using fuzz::require;

/// Nothing is changed without the token, whatever the body is.
void check_post(std::string_view body) {
  for (const char* type : {"application/x-www-form-urlencoded", "application/json; charset=x"}) {
    bool is_applied = false;
    const bridge::SharingSwitch sharing("the-token", [&](std::optional<peer::UploadBudget>) {
      is_applied = true;
      return Status();
    });
    http::Request request;
    request.method = "POST";
    request.target = "/sharing";
    request.remote.address = net::IpAddress::v4(127, 0, 0, 1);
    request.headers.add("Content-Type", type);
    request.body = body;
    const int status = sharing.on_post(request).head.status;
    require(is_applied == (status == 204 || status == 303));
    // An escape may stand for any letter of it.
    require(!is_applied || body.find_first_of("%\\") != body.npos ||
            body.find("the-token") != body.npos);
  }
}

/// Conditions and ranges lead to what there is, and to nothing else.
void check_conditions(std::string_view text) {
  const std::string content = "0123456789";
  for (const char* name : {"If-None-Match", "If-Range"}) {
    http::Request request;
    request.method = "GET";
    request.headers.add(name, std::string(text));
    request.headers.add("Range", std::string(text.substr(0, text.find(';'))));
    const auto response = http::immutable_response(request, Slice(content), "\"tag\"");
    require(content.find(as_text(response.body.view())) != std::string::npos ||
            response.head.status == 416);
  }
}

}  // namespace

/// What a local player or browser can say beyond a request's head.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text(ByteView(data, size));
  check_post(text);
  check_conditions(text);
  static_cast<void>(bridge::names_type(text, "audio/mpeg"));
  return 0;
}
