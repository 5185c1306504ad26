#include "core/http/handler.hpp"

namespace alluvium::http {

Response text_response(int status, std::string_view line) {
  return {{status, {{"Content-Type", "text/plain; charset=utf-8"}, {"Cache-Control", "no-store"}}},
          Slice(std::string(line) + "\n")};
}

}  // namespace alluvium::http
