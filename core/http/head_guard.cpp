#include "core/http/head_guard.hpp"

#include "core/http/request_parser.hpp"

namespace alluvium::http {

HeadGuard::Verdict HeadGuard::refuse(int status, std::string_view reason) {
  status_ = status;
  reason_ = reason;
  return Verdict::refused;
}

HeadGuard::Verdict HeadGuard::take(char byte) {
  if (++head_bytes_ > limits_->head_bytes)
    return refuse(431, "The head of the request is too long.");
  if (after_return_) {
    after_return_ = false;
    return byte == '\n' ? end_line() : refuse(400, "A line does not end in CR LF.");
  }
  if (byte == '\r') {
    after_return_ = true;
    return Verdict::more;
  }
  if (byte == '\n') return refuse(400, "A line does not end in CR LF.");
  if (byte == '\0') return refuse(400, "There is a NUL in the request.");
  if (line_bytes_ == 0 && (byte == ' ' || byte == '\t')) {
    return refuse(400, "A line begins with a blank.");
  }
  if (line_bytes_ == 0 && byte == ':') return refuse(400, "A header field has no name.");
  ++line_bytes_;
  if (lines_ > 0) return Verdict::more;
  if (line_bytes_ > limits_->request_line_bytes) {
    return refuse(414, "The request line is too long.");
  }
  line_ += byte;
  return Verdict::more;
}

HeadGuard::Verdict HeadGuard::end_line() {
  const bool blank = line_bytes_ == 0;
  line_bytes_ = 0;
  if (blank) return lines_ > 0 ? Verdict::end_of_head : Verdict::more;
  if (lines_ == 0) {
    const bool is_icecast = limits_->takes_streams && version() == "ICE/1.0";
    if (version() != "HTTP/1.1" && version() != "HTTP/1.0" && !is_icecast) {
      return refuse(505, wrong_version);
    }
  }
  if (++lines_ > limits_->fields + 1) return refuse(431, "There are too many header fields.");
  return Verdict::more;
}

std::string_view HeadGuard::version() const {
  const std::string_view line = line_;
  return message_ == Message::response ? line.substr(0, line.find(' '))
                                       : line.substr(line.rfind(' ') + 1);
}

}  // namespace alluvium::http
