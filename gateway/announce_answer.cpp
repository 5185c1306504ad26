#include "core/base/text.hpp"
#include "core/http/range.hpp"
#include "gateway/announcement.hpp"

#include <string_view>

namespace alluvium::gateway {

namespace {

// Written by hand, as this is most of what a busy gateway does: no value here has anything in it
// that JSON would have to escape.

constexpr std::size_t usual_bytes = 256;
constexpr std::size_t usual_bytes_per_peer = 64;

std::size_t usual_size(const AnnounceAnswer& answer) {
  std::size_t entries = answer.from.size();
  for (const auto& news : answer.swarms) entries += 1 + news.peers.size();
  return usual_bytes + entries * usual_bytes_per_peer;
}

template <typename Number>
void append_member(std::string& text, std::string_view name, Number number) {
  text += name;
  append_number(text, number);
}

void append_peer(std::string& text, const ListedPeer& peer) {
  text += R"({"address":")";
  peer.endpoint.append_to(text);
  text += R"(","available":")";
  peer.available.append_to(text);
  text += R"("})";
}

void append_news(std::string& text, const AnnounceAnswer::SwarmNews& news) {
  text += R"({"peers":[)";
  for (const auto& peer : news.peers) {
    if (&peer != &news.peers.front()) text += ',';
    append_peer(text, peer);
  }
  text += ']';
  if (news.size) append_member(text, R"(,"size":)", *news.size);
  text += R"(,"urn":")" + news.root.urn() + R"("})";
}

std::int64_t whole_ms(Duration duration) {
  return std::chrono::ceil<std::chrono::milliseconds>(duration).count();
}

void append_source(std::string& text, const leases::FromOrigin& from) {
  append_member(text, R"(,"lease_ms":)", whole_ms(from.lease));
  text += R"(,"source":"origin")";
  if (from.ticket) append_member(text, R"(,"ticket":)", *from.ticket);
}

void append_source(std::string& text, const leases::FromPeer& from) {
  text += R"(,"source":")";
  from.peer.append_to(text);
  append_member(text, R"(","ticket":)", from.ticket);
  append_member(text, R"(,"wait":)", std::chrono::ceil<std::chrono::seconds>(from.wait).count());
}

void append_source(std::string& text, const leases::FromNobody& from) {
  append_member(text, R"(,"retry_ms":)", whole_ms(from.retry));
  text += R"(,"source":"wait")";
}

void append_sources(std::string& text, const std::vector<AnnounceAnswer::SourceNews>& sources) {
  const hash::TreeRoot* named = nullptr;
  for (const auto& source : sources) {
    text += named == nullptr ? R"({"bytes":")" : R"(,{"bytes":")";
    http::append_range_set(text, source.ranges);
    text += '"';
    std::visit([&](const auto& from) { append_source(text, from); }, source.from);
    // Most listeners want one file at a time: its name is said once.
    if (named == nullptr || *named != source.root) {
      text += R"(,"urn":")" + source.root.urn() + '"';
    }
    named = &source.root;
    text += '}';
  }
}

void append_invitations(std::string& text, const std::vector<AnnounceAnswer::Invitation>& list) {
  for (const auto& invitation : list) {
    text += &invitation == &list.front() ? R"({"address":")" : R"(,{"address":")";
    invitation.endpoint.append_to(text);
    text.append(R"(","token":")").append(invitation.token).append("\"");
    if (invitation.meet_in) append_member(text, R"(,"in_ms":)", invitation.meet_in->count());
    if (!invitation.places.empty()) text += R"(,"local":[)";
    for (const auto& place : invitation.places) {
      text += &place == &invitation.places.front() ? "\"" : ",\"";
      place.append_to(text);
      text += '"';
    }
    text += invitation.places.empty() ? "}" : "]}";
  }
}

void append_proof(std::string& text, const AnnounceAnswer::Proof& proof) {
  text += R"({"also":{"address":")";
  proof.address.append_to(text);
  text.append(R"(","token":")").append(proof.token).append("\"},");
}

void append_reverse(std::string& text, const AnnounceAnswer::ReverseNews& news) {
  text += R"(,"reverse":{"expect":[)";
  for (const auto& meeting : news.expect) {
    text += &meeting == &news.expect.front() ? R"({"address":")" : R"(,{"address":")";
    meeting.endpoint.append_to(text);
    append_member(text, R"(","in_ms":)", meeting.meet_in.count());
    text += '}';
  }
  text += ']';
  if (news.key) {
    text.append(R"(,"key":")").append(hash::hex(*news.key)).append("\"");
    append_member(text, R"(,"now":)", news.now.time_since_epoch().count());
  }
  text += R"(,"mates":[)";
  append_invitations(text, news.mates);
  text += R"(],"to":[)";
  append_invitations(text, news.to);
  text += "]}";
}

}  // namespace

std::string to_json(const AnnounceAnswer& answer) {
  std::string text;
  text.reserve(usual_size(answer));
  if (answer.proof) {
    append_proof(text, *answer.proof);
  } else {
    text += '{';
  }
  append_member(text, R"("escape_bytes":)", answer.escape_bytes);
  append_member(text, R"(,"expires":)", answer.expires.count());
  text += R"(,"from":[)";
  append_sources(text, answer.from);
  append_member(text, R"(],"interval_ms":)", answer.interval.count());
  text += R"(,"reachable":)";
  text += !answer.reachable ? "null" : *answer.reachable ? "true" : "false";
  if (answer.reverse) append_reverse(text, *answer.reverse);
  text += R"(,"swarms":[)";
  for (const auto& news : answer.swarms) {
    if (&news != &answer.swarms.front()) text += ',';
    append_news(text, news);
  }
  text += R"(],"you":")";
  answer.you.append_to(text);
  text += R"("})";
  return text;
}

}  // namespace alluvium::gateway
