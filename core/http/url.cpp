#include "core/http/url.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <utility>

#include <uriparser/Uri.h>

namespace alluvium::http {

namespace {

constexpr std::size_t max_url_bytes = 4096;

Error url_error(std::string_view text, std::string_view what) {
  return {"the URL \"" + printable(text) + "\" " + std::string(what)};
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

/// Whether RFC 3986 allows `c` as it stands in a path or query.
bool is_path_or_query(char c) {
  return is_letter(c) || is_digit(c) ||
         std::string_view("-._~:/?@!$&'()*+,;=").find(c) != std::string_view::npos;
}

bool is_host_name(std::string_view host) {
  return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_';
  });
}

/// The scheme at the front of a reference (without its colon), or nothing.
std::string_view scheme_of(std::string_view text) {
  if (text.empty() || !is_letter(text[0])) return {};
  const auto end = std::find_if_not(text.begin(), text.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
  });
  if (end == text.end() || *end != ':') return {};
  return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

/// How many bytes at the front are scheme and authority, the only place where brackets may stand.
std::size_t authority_end(std::string_view text) {
  const std::string_view scheme = scheme_of(text);
  const std::size_t begin = scheme.empty() ? 0 : scheme.size() + 1;
  if (text.substr(begin, 2) != "//") return begin;
  return std::min(text.find_first_of("/?", begin + 2), text.size());
}

void append_encoded(std::string& out, std::string_view text) {
  constexpr char digits[] = "0123456789ABCDEF";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%' && i + 2 < text.size() && is_hex(text[i + 1]) && is_hex(text[i + 2])) {
      out += to_upper(text.substr(i, 3));
      i += 2;
    } else if (is_path_or_query(c)) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', digits[byte >> 4], digits[byte & 15]};
    }
  }
}

/// The reference in the characters of RFC 3986, without fragment.
std::string encoded(std::string_view text) {
  text = text.substr(0, text.find('#'));
  const std::size_t head = authority_end(text);
  std::string out;
  // A file called `12:30.mp3` is no scheme; written like this the grammar agrees.
  if (head == 0 && text.substr(0, text.find('/')).find(':') != std::string_view::npos) out = "./";
  out += text.substr(0, head);
  append_encoded(out, text.substr(head));
  return out;
}

std::string_view view(const UriTextRangeA& range) {
  if (range.first == nullptr) return {};
  return {range.first, static_cast<std::size_t>(range.afterLast - range.first)};
}

/// Owns what the library allocates for one URI; the text it was parsed from must outlive it.
class ParsedUri {
 public:
  ParsedUri() = default;
  ~ParsedUri() { uriFreeUriMembersA(&uri_); }
  ParsedUri(const ParsedUri&) = delete;
  ParsedUri& operator=(const ParsedUri&) = delete;

  bool parse(const std::string& text) {
    return uriParseSingleUriExA(&uri_, text.data(), text.data() + text.size(), nullptr) ==
           URI_SUCCESS;
  }
  /// Dot segments are removed here, also from a reference that is absolute already.
  bool resolve(const ParsedUri& reference, const ParsedUri& base) {
    return uriAddBaseUriExA(&uri_, &reference.uri_, &base.uri_, URI_RESOLVE_STRICTLY) ==
           URI_SUCCESS;
  }
  const UriUriA& operator*() const { return uri_; }

 private:
  UriUriA uri_{};
};

std::string target_of(const UriUriA& uri) {
  std::string target;
  for (const UriPathSegmentA* segment = uri.pathHead; segment != nullptr; segment = segment->next) {
    target += '/';
    target += view(segment->text);
  }
  if (target.empty()) target = "/";
  if (uri.query.first != nullptr) {
    target += '?';
    target += view(uri.query);
  }
  return target;
}

/// The host in its normal spelling, without brackets; nothing if it is not one.
std::optional<std::string> host_of(const UriUriA& uri) {
  const std::string_view text = view(uri.hostText);
  if (uri.hostData.ip6 != nullptr) {
    const auto address = net::IpAddress::parse(text);
    if (!address) return std::nullopt;
    return address->text();
  }
  if (uri.hostData.ipFuture.first != nullptr || !is_host_name(text)) return std::nullopt;
  return to_lower(text);
}

}  // namespace

Result<Url> Url::resolved(std::string_view reference, std::string_view base) {
  if (reference.size() > max_url_bytes) return url_error(reference, "is longer than 4096 bytes");
  if (std::any_of(reference.begin(), reference.end(), is_control)) {
    return url_error(reference, "contains control characters");
  }
  const std::string reference_text = encoded(reference);
  const std::string base_text = encoded(base);
  if (reference_text.substr(0, authority_end(reference_text)).find('@') != std::string::npos) {
    // Not quoted: secrets do not belong in a log.
    return Error{"a URL contains a user name or password, which is not supported"};
  }
  ParsedUri parsed_reference;
  ParsedUri parsed_base;
  ParsedUri absolute;
  if (!parsed_reference.parse(reference_text) || !parsed_base.parse(base_text) ||
      !absolute.resolve(parsed_reference, parsed_base)) {
    return url_error(reference, "is not written as RFC 3986 asks");
  }

  const std::string scheme = to_lower(view((*absolute).scheme));
  if (scheme != "http" && scheme != "https") return url_error(reference, "is not http or https");
  if (view((*absolute).hostText).empty()) return url_error(reference, "has no host");
  const auto host = host_of(*absolute);
  if (!host) {
    return url_error(reference,
                     "has a host that is neither a name of ASCII letters nor an IP address");
  }

  Url url;
  url.https_ = scheme == "https";
  const std::uint16_t default_port = url.https_ ? 443 : 80;
  url.port_ = default_port;
  if (const std::string_view port = view((*absolute).portText); !port.empty()) {
    const auto number = parse_uint(port);
    if (!number || *number == 0 || *number > 65535) {
      return url_error(reference, "has a port that is not between 1 and 65535");
    }
    url.port_ = static_cast<std::uint16_t>(*number);
  }
  url.host_ = *host;
  url.target_ = target_of(*absolute);
  const bool bracketed = host->find(':') != std::string::npos;
  url.text_ = scheme + "://" + (bracketed ? "[" + *host + "]" : *host);
  if (url.port_ != default_port) url.text_ += ":" + std::to_string(url.port_);
  url.text_ += url.target_;
  if (url.text_.size() > max_url_bytes) return url_error(reference, "is longer than 4096 bytes");
  return url;
}

Result<Url> Url::parse(std::string_view text) {
  if (scheme_of(text).empty()) {
    return url_error(text, "is not absolute: it has to begin with http:// or https://");
  }
  return resolved(text, text);
}

Result<Url> Url::resolve(std::string_view reference) const {
  return resolved(reference, text_);
}

std::string Url::origin() const {
  return text_.substr(0, text_.size() - target_.size());
}

Url Url::with_path_suffix(std::string_view suffix) const {
  Url result = *this;
  result.target_ = std::string(path()).append(suffix);
  result.text_ = origin() + result.target_;
  return result;
}

}  // namespace alluvium::http
