#pragma once

#include "core/base/result.hpp"
#include "core/hash/tree.hpp"
#include "core/net/ip_address.hpp"
#include "core/reverse/token.hpp"
#include "core/swarm/direction.hpp"
#include "core/time/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alluvium::swarm {

/// What a listener tells the gateway of one file: `bytes 0-65535`, `all` or `none`.
struct Holding {
  hash::TreeRoot root;
  std::string available;
};

/// What a listener that shares says of connections against their usual direction (reversals.hpp).
struct ReverseReport {
  bool needs_key = false;           ///< To know the gateway's tokens by.
  std::vector<net::Endpoint> from;  ///< Who has opened one to us, by the gateway's name for it.
  /// To whom we have opened one; said, be it empty, by who would open more.
  std::optional<std::vector<net::Endpoint>> to;
  std::vector<net::Endpoint> local;  ///< Where others in the same house find us.
  std::vector<net::Endpoint> mates;  ///< Of those to whom we have opened one.
};

/// The gateway's word that we are known to it by that address, for it to be shown from our address
/// of the other family.
struct AddressProof {
  net::Endpoint address;
  std::string token;
  bool operator==(const AddressProof&) const = default;
};

/// The body of `POST /gateway/announce`.
struct AnnounceRequest {
  std::uint16_t port = 0;  ///< 0: does not share.
  bool wants_proof = false;
  std::uint64_t up_bps = 0;
  /// What came from where since the program started; verified bytes.
  std::uint64_t from_peers_bytes = 0;
  std::uint64_t from_origin_bytes = 0;
  std::vector<Holding> holdings;
  /// Who says what it wants, be it nothing, is told where to get it.
  std::vector<Wanted> wants;
  std::vector<FailedSource> failures;
  ReverseReport reverse;
};
[[nodiscard]] std::string to_json(const AnnounceRequest& request);
/// The body by which somebody who is announced says where else it is found.
[[nodiscard]] std::string second_announcement(std::uint16_t port, const AddressProof& proof);

/// One other listener, as the gateway tells of it.
struct ToldPeer {
  net::Endpoint endpoint;
  std::string available;
};
struct ToldSwarm {
  hash::TreeRoot root;
  std::vector<ToldPeer> peers;
};

/// Somebody who would ask us over a connection that we open, and the token to show there.
struct ReverseInvitation {
  net::Endpoint endpoint;
  std::string token;
  /// It cannot be dialled either, but dials us so long from now (10 s at most).
  std::optional<Duration> meet_in;
};
/// Somebody in the same house: there it is dialled, though it is known by another name.
struct HouseInvitation {
  net::Endpoint endpoint;  ///< Its name.
  std::string token;
  std::vector<net::Endpoint> places;  ///< At most 4.
};
/// Somebody who will dial us so long from now, as we cannot dial it, nor it us, but both at once.
struct ReverseMeeting {
  net::Endpoint endpoint;
  Duration meet_in{};  ///< 10 s at most.
};
struct ToldReverse {
  std::optional<hash::Digest> key;
  reverse::GatewayTime now{};          ///< Of the gateway's clock, with the key.
  std::vector<ReverseInvitation> to;   ///< At most 8.
  std::vector<ReverseMeeting> expect;  ///< At most 8.
  std::vector<HouseInvitation> mates;  ///< At most 8.

  [[nodiscard]] bool is_nothing() const {
    return !key && to.empty() && expect.empty() && mates.empty();
  }
};

/// The gateway's answer. Times are bounded while reading, so that a wild answer cannot stall or
/// storm us.
struct AnnounceAnswer {
  Duration expires = std::chrono::seconds(60);         ///< 5 s to 1 h.
  Duration interval = std::chrono::milliseconds(250);  ///< 250 ms to 60 s.
  std::optional<net::IpAddress> you;
  std::optional<bool> reachable;
  std::optional<AddressProof> proof;
  std::vector<ToldSwarm> swarms;
  /// None if the gateway leaves it to us where we fetch what.
  std::optional<std::vector<ToldSource>> from;
  ToldReverse reverse;
  std::uint64_t escape_bytes = 0;  ///< May be taken from the origin out of turn; 16 MiB at most.
};
/// Bounded: 256 KiB, depth 8. Peers whose address cannot be read are left out.
[[nodiscard]] Result<AnnounceAnswer> parse_announce_answer(std::string_view json);

}  // namespace alluvium::swarm
