#pragma once

#include "core/base/result.hpp"
#include "core/node/node.hpp"
#include "player-bridge/mount.hpp"

#include <optional>
#include <string>
#include <vector>

namespace alluvium::bridge {

/// What was asked for on the command line of `alluvium`.
struct Options {
  std::vector<node::NodeOptions> nodes;  ///< One for each station.
  net::Endpoint listen;
  MountSettings mount;
  std::string log_level = "info";
};

/// Reads the command line. `--help` and `--version` print and end the program with status 0;
/// anything that cannot be understood throws std::runtime_error with one sentence, which for an
/// unknown option names the nearest one.
[[nodiscard]] Options parse_options(int argc, char** argv);

/// `2M`, `512k`, `800000` bits a second (decimal units), `unlimited`; nothing for `off`. Text from
/// outside is escaped in the error.
[[nodiscard]] Result<std::optional<peer::UploadBudget>> parse_rate(std::string_view text);
/// The same, as the value of `--share`.
[[nodiscard]] Result<std::optional<peer::UploadBudget>> parse_share(std::string_view text);
/// `1G`, `500M`, `64k`, plain bytes (decimal units).
[[nodiscard]] Result<std::uint64_t> parse_size(std::string_view text);
/// `30m`, `2h`, `90s`, at most a week; nothing for `off`.
[[nodiscard]] Result<std::optional<Duration>> parse_ahead(std::string_view text);
/// "2 Mbit/s", "512 kbit/s", "unlimited": for people.
[[nodiscard]] std::string describe_rate(const peer::UploadBudget& budget);

}  // namespace alluvium::bridge
