#pragma once

#include <cstddef>

#include <llhttp.h>

namespace alluvium::http {

/// What llhttp calls while it reads the fields of a head, of a request or of an answer. `State`
/// lies behind `llhttp_t::data` and has `name`, `value`, `finish_field()` and `tokens_ended`;
/// llhttp is stopped at the head's end.
template <typename State>
[[nodiscard]] llhttp_settings_t head_callbacks() {
  llhttp_settings_t settings;
  llhttp_settings_init(&settings);
  settings.on_header_field = [](llhttp_t* p, const char* at, std::size_t length) {
    static_cast<State*>(p->data)->name.append(at, length);
    return 0;
  };
  settings.on_header_value = [](llhttp_t* p, const char* at, std::size_t length) {
    static_cast<State*>(p->data)->value.append(at, length);
    return 0;
  };
  settings.on_header_value_complete = [](llhttp_t* p) {
    static_cast<State*>(p->data)->finish_field();
    return 0;
  };
  settings.on_headers_complete = [](llhttp_t* p) {
    static_cast<State*>(p->data)->tokens_ended = true;
    return static_cast<int>(HPE_PAUSED);
  };
  return settings;
}

}  // namespace alluvium::http
