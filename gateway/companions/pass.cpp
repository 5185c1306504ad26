#include "gateway/companions/pass.hpp"

#include "core/hash/mac.hpp"

namespace alluvium::gateway {

namespace {

constexpr std::string_view no_answer_header = "Alluvium-No-Answer";

}  // namespace

std::string make_pass(std::string_view secret, const http::Request& asked) {
  return std::string(secret) + " " + std::to_string(asked.minor_version) + " " +
         asked.remote.text();
}

Passed take_pass(std::string_view secret, http::Request& request) {
  const auto passes = request.headers.find_all(pass_header);
  if (passes.empty()) return Passed::no;
  const std::string_view pass = passes.front();
  const auto first = pass.find(' ');
  const auto second = first == std::string_view::npos ? first : pass.find(' ', first + 1);
  const bool is_good = passes.size() == 1 && second == first + 2 && !secret.empty() &&
                       hash::equal_in_constant_time(pass.substr(0, first), secret);
  if (!is_good) return Passed::falsely;
  const auto asker = net::parse_endpoint(pass.substr(second + 1));
  if (!asker) return Passed::falsely;
  request.remote = *asker;
  request.minor_version = pass[first + 1] == '0' ? 0 : 1;
  // The secret goes no further.
  request.headers.set(pass_header, "");
  return Passed::yes;
}

http::Response no_answer(int status, std::string_view why) {
  http::Response response = http::text_response(status, why);
  response.head.headers.add(std::string(no_answer_header), "1");
  return response;
}

bool is_no_answer(const http::Headers& headers) {
  return headers.has(no_answer_header);
}

}  // namespace alluvium::gateway
