#pragma once

#include "core/router/port_mapper.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace alluvium::bridge {

/// What the answer to "can others reach you?" follows from.
struct ReachFacts {
  bool is_sharing = false;
  /// Whether somebody outside came through, as the gateway says; nothing where nobody has tried.
  std::optional<bool> by_ipv4;
  std::optional<bool> by_ipv6;
  bool is_in_doubt = false;  ///< Somebody is just trying over the other kind of address.
  router::PortMapping mapping;
  std::uint16_t port = 0;  ///< Ours, where others are to come in.
  bool has_sent = false;   ///< Others have had something from here.
};

/// Can others reach you? The answer, its cause, and what to try if it is not yes.
struct Reach {
  enum class Answer { off, unknown, no, only_ipv4, only_ipv6, yes };
  Answer answer = Answer::off;
  std::string why;  ///< Sentences for people.

  bool operator==(const Reach&) const = default;
};

[[nodiscard]] Reach answer_reach(const ReachFacts& facts);

/// `yes`, `no`, `ipv4`, `ipv6`, `unknown`, `off`: for programs.
[[nodiscard]] const char* word(Reach::Answer answer);
/// "Yes", "Only over IPv6" and the like: for people.
[[nodiscard]] const char* saying(Reach::Answer answer);

}  // namespace alluvium::bridge
