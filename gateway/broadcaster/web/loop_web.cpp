#include "gateway/broadcaster/web/loop_web.hpp"

#include "gateway/origin_fetch.hpp"

#include <optional>
#include <utility>

namespace alluvium::broadcaster {

http::Fetch::Result LoopWeb::ask(http::ClientRequest request) {
  std::optional<http::Fetch::Result> answer;
  http::Fetch fetch(client_, std::move(request), [&](http::Fetch::Result result) {
    answer = std::move(result);
    loop_.stop();
  });
  while (!answer) loop_.run();
  return std::move(*answer);
}

Result<media::FileFacts> LoopWeb::scan(const http::Url& url) {
  std::optional<gateway::OriginFetch::Outcome> outcome;
  const gateway::OriginFetch::Surroundings surroundings{
      .client = client_,
      .workers = loop_,
      .storage = storage_,
      .timers = loop_,
      .rules = net::AddressRules::chosen_by_user(),
      .judge = {}};
  gateway::OriginFetch fetch(surroundings, url, nullptr, [&](gateway::OriginFetch::Outcome result) {
    outcome = std::move(result);
    loop_.stop();
  });
  while (!outcome) loop_.run();
  if (const auto* fetched = std::get_if<gateway::OriginFetch::Fetched>(&*outcome)) {
    return fetched->file->facts;
  }
  const auto* failed = std::get_if<gateway::OriginFetch::Failed>(&*outcome);
  return Error{failed ? failed->message : "the origin sent nothing"};
}

}  // namespace alluvium::broadcaster
