#include "core/http/priority.hpp"

#include <catch2/catch.hpp>

using namespace alluvium::http;

namespace {

Urgency said(std::initializer_list<const char*> fields) {
  Headers headers;
  for (const char* field : fields) headers.add("Priority", field);
  return urgency_of(headers);
}

}  // namespace

TEST_CASE("a request says how urgent it is as RFC 9218 has it") {
  CHECK(said({"u=0"}) == 0);
  CHECK(said({"u=7, i"}) == 7);
  CHECK(said({"i, u=5"}) == 5);
  CHECK(said({" u=1;foo=2 "}) == 1);
  CHECK(said({"u=1", "u=2"}) == 2);
  for (Urgency urgency = 0; urgency <= least_urgency; ++urgency) {
    CHECK(said({format_priority(urgency).c_str()}) == urgency);
  }
}

TEST_CASE("a request that does not say it, or not well, is as urgent as any") {
  CHECK(said({}) == usual_urgency);
  for (const char* field :
       {"", "i", "u", "u=", "u=8", "u=-1", "u=10", "u=a", "U=1", "v=1", ",,;"}) {
    CAPTURE(field);
    CHECK(said({field}) == usual_urgency);
  }
}
