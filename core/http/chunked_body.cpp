#include "core/http/chunked_body.hpp"

#include <cstddef>
#include <string_view>

#include <llhttp.h>

namespace alluvium::http {

namespace {

/// Extensions and trailers have no length of their own.
constexpr std::size_t most_framing_bytes = 4 * 1024;

/// llhttp reads whole messages only, so it is given the head of one first.
constexpr std::string_view any_head = "PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";

}  // namespace

struct ChunkedBody::Tokens {
  llhttp_t parser{};
  Bytes* content = nullptr;
  std::size_t framing_bytes = 0;  ///< Extensions and trailers since the last content.
  bool has_ended = false;

  static int count(llhttp_t* of, const char*, std::size_t length) {
    auto& self = *static_cast<Tokens*>(of->data);
    self.framing_bytes += length;
    return self.framing_bytes > most_framing_bytes ? -1 : 0;
  }

  static const llhttp_settings_t& callbacks() {
    static const llhttp_settings_t settings = [] {
      llhttp_settings_t s;
      llhttp_settings_init(&s);
      s.on_body = [](llhttp_t* of, const char* at, std::size_t length) {
        auto& self = *static_cast<Tokens*>(of->data);
        self.framing_bytes = 0;
        self.content->insert(self.content->end(), at, at + length);
        return 0;
      };
      s.on_chunk_extension_name = count;
      s.on_chunk_extension_value = count;
      s.on_header_field = count;
      s.on_header_value = count;
      s.on_message_complete = [](llhttp_t* of) {
        static_cast<Tokens*>(of->data)->has_ended = true;
        return static_cast<int>(HPE_PAUSED);
      };
      return s;
    }();
    return settings;
  }
};

ChunkedBody::ChunkedBody() : tokens_(std::make_unique<Tokens>()) {
  llhttp_init(&tokens_->parser, HTTP_REQUEST, &Tokens::callbacks());
  tokens_->parser.data = tokens_.get();
  llhttp_execute(&tokens_->parser, any_head.data(), any_head.size());
  tokens_->framing_bytes = 0;
}

ChunkedBody::~ChunkedBody() = default;
ChunkedBody::ChunkedBody(ChunkedBody&&) noexcept = default;
ChunkedBody& ChunkedBody::operator=(ChunkedBody&&) noexcept = default;

ChunkedBody::State ChunkedBody::feed(ByteView bytes, Bytes& content) {
  Tokens& tokens = *tokens_;
  const std::string_view text = as_text(bytes);
  tokens.content = &content;
  const auto error = llhttp_execute(&tokens.parser, text.data(), text.size());
  tokens.content = nullptr;
  if (tokens.has_ended) return State::ended;
  if (error != HPE_OK) return State::malformed;
  return State::going_on;
}

}  // namespace alluvium::http
