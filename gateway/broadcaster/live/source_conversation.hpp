#pragma once

#include "core/base/bytes.hpp"
#include "core/http/chunked_body.hpp"
#include "core/http/request_parser.hpp"
#include "core/net/ip_address.hpp"
#include "core/time/clock.hpp"
#include "gateway/broadcaster/live/source_login.hpp"
#include "gateway/broadcaster/live/title_update.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace alluvium::broadcaster {

/// What a source says of itself before its first byte. Value type.
struct SourceInfo {
  std::string type;     ///< MIME type, as it says it.
  std::string name;     ///< Of the show or the station; empty if it does not say.
  std::string program;  ///< Which program it is; empty if it does not say.
};

/// What a conversation asks the station it belongs to, and tells it. Nothing is called back from
/// inside these.
class SourceDesk {
 public:
  virtual ~SourceDesk() = default;
  /// Why no source can be taken: a status and a sentence.
  struct Refusal {
    int status;
    std::string sentence;
  };
  [[nodiscard]] virtual std::optional<Refusal> refusal_of(const SourceInfo& info) = 0;
  /// A source has been accepted; until `on_source_end` there is no other.
  virtual void on_source(const SourceInfo& info) = 0;
  /// False if it is of no use: the conversation ends.
  [[nodiscard]] virtual bool on_sound(ByteView bytes) = 0;
  /// Once for each `on_source`: it has sent all, or is gone.
  virtual void on_source_end() = 0;
  /// False if there is no source whose title it could be.
  [[nodiscard]] virtual bool on_title(const Title& title) = 0;
};

/// What one client of the source port says, and what it is answered: as Icecast speaks with its
/// sources. PUT, and SOURCE of HTTP/1.0 and ICE/1.0, to the mount are a show, with Basic
/// authorization; `Expect: 100-continue` is answered, `OPTIONS *` told what there is (offers of
/// another protocol are passed over), and `/admin/metadata` changes the title. Everything else is
/// answered with a sentence and the connection closed. Sockets are somebody else's. Pure; owned by
/// the connection.
class SourceConversation {
 public:
  /// All of it outlives the conversation. `mount` is a path such as `/live`.
  struct Surroundings {
    const std::string& mount;
    SourceLogin& login;
    SourceDesk& desk;
  };
  SourceConversation(const Surroundings& surroundings, const net::IpAddress& client);
  /// A source whose connection is gone has ended.
  ~SourceConversation();
  SourceConversation(const SourceConversation&) = delete;
  SourceConversation& operator=(const SourceConversation&) = delete;

  struct Reaction {
    std::string answer;
    bool closes = false;  ///< When the answer has been sent.
  };
  /// After one that closes nothing more may be given.
  [[nodiscard]] Reaction feed(ByteView bytes, Instant now);

  /// It is sending a show.
  [[nodiscard]] bool is_source() const { return state_ == State::streaming; }

 private:
  enum class State { asking, streaming, closed };
  void feed_head(ByteView& bytes, Instant now);
  void feed_stream(ByteView bytes);
  void answer(const http::Request& request, bool keep_alive, Instant now);
  void answer_source(const http::Request& request);
  void answer_title(const http::Request& request);
  /// One sentence, and the end.
  void refuse(int status, std::string_view sentence);
  void say(const http::ResponseHead& head, std::string_view body, bool keep_alive);
  void end_stream();

  Surroundings surroundings_;
  net::IpAddress client_;
  http::RequestParser parser_;
  State state_ = State::asking;
  int minor_version_ = 1;  ///< Of the last request.
  Reaction reaction_;
  std::optional<http::ChunkedBody> chunks_;
  std::optional<std::uint64_t> missing_;  ///< Of a stream with a length.
  bool owes_answer_ = false;              ///< The stream's end is answered.
};

}  // namespace alluvium::broadcaster
