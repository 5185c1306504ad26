#pragma once

#include <string_view>

/// What stands where in a Redis. All names begin alike, so that a database may hold other things.
namespace alluvium::redis::keys {

inline constexpr std::string_view leader = "alluvium:leader";  ///< Id and URL; ends by itself.
inline constexpr std::string_view secret = "alluvium:secret";  ///< By which gateways are believed.
inline constexpr std::string_view tickets = "alluvium:tickets";
inline constexpr std::string_view peer = "alluvium:peer:";   ///< And `ip:port`; ends by itself.
inline constexpr std::string_view lock = "alluvium:lock:";   ///< And a name; ends by itself.
inline constexpr std::string_view files = "alluvium:files";  ///< Hash: URL → name of its tree.
inline constexpr std::string_view tree = "alluvium:tree:";   ///< And its name: hash, see Storage.
inline constexpr std::string_view tried = "alluvium:tried";  ///< Written to see whether it can be.

}  // namespace alluvium::redis::keys
