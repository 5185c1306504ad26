#include "gateway/file_exchange.hpp"

#include "core/http/prefer.hpp"
#include "gateway/query.hpp"

#include <utility>

namespace alluvium::gateway {

namespace {

void answer_later(http::Responder& responder) {
  http::Response response =
      http::text_response(202, "the file is being fetched and hashed: ask again");
  response.head.headers.add("Retry-After", "1");
  responder.send(std::move(response));
}

/// True if there was something final to say.
bool answer_now(FileLookup& lookup, const http::Url& url, const net::IpAddress& client,
                http::Responder& responder, const AnswerFile& answer) {
  const auto found = lookup.ask(url, client);
  if (std::holds_alternative<FileLookup::Pending>(found)) return false;
  if (const auto* file = std::get_if<FileRegistry::File>(&found)) {
    answer(**file, responder);
  } else if (std::holds_alternative<FileLookup::Exhausted>(found)) {
    http::Response response = http::text_response(
        429, "too many files that this gateway does not know were asked for: ask again later");
    response.head.headers.add("Retry-After", "600");
    responder.send(std::move(response));
  } else {
    responder.send(http::text_response(404, unavailable_text));
  }
  return true;
}

/// A client that waits for a file. Owned by the server.
class WaitingExchange final : public http::Exchange {
 public:
  WaitingExchange(FileLookup& lookup, Timers& timers, http::Url url, const net::IpAddress& client,
                  http::Responder& responder, std::chrono::seconds wait, AnswerFile answer)
      : lookup_(lookup),
        url_(std::move(url)),
        client_(client),
        responder_(responder),
        answer_(std::move(answer)),
        timer_(timers.make_timer([this] { on_patience_over(); })),
        place_(lookup.waiting().enter(url_, client, [this] { on_news(); })) {
    timer_->arm(wait);
  }

 private:
  void on_news() {
    if (!answer_now(lookup_, url_, client_, responder_, answer_)) return;
    timer_->disarm();
    place_.reset();
  }

  void on_patience_over() {
    place_.reset();
    answer_later(responder_);
  }

  FileLookup& lookup_;
  http::Url url_;
  net::IpAddress client_;
  http::Responder& responder_;
  AnswerFile answer_;
  std::unique_ptr<Timer> timer_;
  std::unique_ptr<WaitingRoom::Place> place_;
};

}  // namespace

std::unique_ptr<http::Exchange> answer_about_file(FileLookup& lookup, Timers& timers,
                                                  const http::Request& request,
                                                  http::Responder& responder,
                                                  std::chrono::seconds default_wait,
                                                  AnswerFile answer) {
  auto url = parse_uri_parameter(request.query());
  if (!url) {
    responder.send(http::text_response(400, url.error().message));
    return nullptr;
  }
  const net::IpAddress& client = request.remote.address;
  if (answer_now(lookup, *url, client, responder, answer)) return nullptr;
  const auto said = http::preferred_wait(request.headers);
  const std::chrono::seconds wait = said ? said->wait : default_wait;
  if (wait == std::chrono::seconds::zero() || !lookup.may_wait(client)) {
    answer_later(responder);
    return nullptr;
  }
  return std::make_unique<WaitingExchange>(lookup, timers, std::move(*url), client, responder, wait,
                                           std::move(answer));
}

}  // namespace alluvium::gateway
