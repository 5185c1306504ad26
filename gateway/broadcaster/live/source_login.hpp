#pragma once

#include "core/hash/digest.hpp"
#include "core/net/ip_address.hpp"
#include "core/time/clock.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace alluvium::broadcaster {

/// Who may send a show: one name and one password, by HTTP's Basic scheme (RFC 7617). A client that
/// gave a wrong one has to wait before it may try again, a second and then twice as long each time,
/// a minute at most. Invariant: what is compared tells by its time nothing about the password.
/// Pure; owned by the station.
class SourceLogin {
 public:
  /// Shorter passwords are guessed.
  static constexpr std::size_t least_password_bytes = 8;

  SourceLogin(std::string_view user, std::string_view password);

  enum class Verdict {
    right,
    missing,  ///< No name and password were given, or not in this scheme.
    wrong,
    too_soon,  ///< After a wrong one. Whether this one is right was not looked at.
  };
  /// `authorization` is the field's value.
  [[nodiscard]] Verdict judge(std::optional<std::string_view> authorization,
                              const net::IpAddress& client, Instant now);

 private:
  struct Fault {
    unsigned count = 0;
    Instant not_before;
  };
  void note_fault(const net::IpAddress& client, Instant now);

  hash::Digest credentials_;
  std::map<net::IpAddress, Fault> faults_;
};

/// RFC 4648 base64 with or without padding; nothing for anything else.
[[nodiscard]] std::optional<std::string> decoded_base64(std::string_view text);

}  // namespace alluvium::broadcaster
