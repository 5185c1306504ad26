#include "core/http/response_head.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <utility>

namespace alluvium::http {

namespace {

constexpr std::array<std::pair<int, std::string_view>, 34> reasons = {{
    {101, "Switching Protocols"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {421, "Misdirected Request"},
    {426, "Upgrade Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {505, "HTTP Version Not Supported"},
}};

bool is_decided_here(std::string_view name) {
  constexpr std::array<std::string_view, 4> names = {"Content-Length", "Connection", "Date",
                                                     "Transfer-Encoding"};
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view n) { return equal_ignoring_case(n, name); });
}

void append_field(std::string& text, std::string_view name, std::string_view value) {
  text += name;
  text += ": ";
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    text += byte < 0x20 || byte == 0x7f ? ' ' : c;
  }
  text += "\r\n";
}

constexpr std::array<const char*, 7> days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<const char*, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

}  // namespace

std::string format_http_date(WallTime time) {
  using namespace std::chrono;
  const auto day = floor<std::chrono::days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(floor<seconds>(time - day));
  const auto two = [](auto value) {
    const auto number = static_cast<unsigned>(value);
    return std::string{static_cast<char>('0' + number / 10 % 10),
                       static_cast<char>('0' + number % 10)};
  };
  const auto year = static_cast<int>(date.year());
  std::string text = days[weekday(day).c_encoding()];
  text += ", " + two(static_cast<unsigned>(date.day())) + " ";
  text += months[static_cast<unsigned>(date.month()) - 1];
  text += " " + two(year / 100) + two(year % 100) + " " + two(clock.hours().count()) + ":" +
          two(clock.minutes().count()) + ":" + two(clock.seconds().count()) + " GMT";
  return text;
}

std::optional<WallTime> parse_http_date(std::string_view text) {
  using namespace std::chrono;
  // Sun, 06 Nov 1994 08:49:37 GMT
  if (text.size() != 29) return std::nullopt;
  const auto number = [&](std::size_t at, std::size_t size) {
    return parse_uint(text.substr(at, size));
  };
  const auto day = number(5, 2);
  const auto year = number(12, 4);
  const auto hour = number(17, 2);
  const auto minute = number(20, 2);
  const auto second = number(23, 2);
  const auto month = std::find(months.begin(), months.end(), text.substr(8, 3));
  if (!day || !year || !hour || !minute || !second || month == months.end()) return std::nullopt;
  const year_month_day date{std::chrono::year(static_cast<int>(*year)),
                            std::chrono::month(static_cast<unsigned>(month - months.begin()) + 1),
                            std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  const WallTime time = sys_days(date) + hours(*hour) + minutes(*minute) + seconds(*second);
  // Only what is written in exactly this way is what was meant.
  if (format_http_date(time) != text) return std::nullopt;
  return time;
}

std::string_view reason_phrase(int status) {
  const auto found = std::find_if(reasons.begin(), reasons.end(),
                                  [&](const auto& entry) { return entry.first == status; });
  return found == reasons.end() ? std::string_view("Status") : found->second;
}

bool is_bodiless(int status) {
  return status < 200 || status == 204 || status == 304;
}

std::string format_response_head(const ResponseHead& head, const HeadFraming& framing) {
  std::string text = framing.minor_version == 0 ? "HTTP/1.0 " : "HTTP/1.1 ";
  text += std::to_string(head.status);
  text += ' ';
  text += reason_phrase(head.status);
  text += "\r\n";
  if (!framing.date.empty()) append_field(text, "Date", framing.date);
  const char* const connection = framing.keep_alive ? "keep-alive" : "close";
  append_field(text, "Connection", head.status == 101 ? "Upgrade" : connection);
  if (framing.content_length && !is_bodiless(head.status)) {
    append_field(text, "Content-Length", std::to_string(*framing.content_length));
  }
  for (const auto& [name, value] : head.headers.fields()) {
    if (!is_decided_here(name)) append_field(text, name, value);
  }
  text += "\r\n";
  return text;
}

}  // namespace alluvium::http
