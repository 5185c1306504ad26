#include "core/base/bytes.hpp"
#include "core/base/text.hpp"
#include "gateway/companions/pass.hpp"
#include "gateway/companions/peer_record.hpp"
#include "gateway/file_version.hpp"
#include "tests/fuzz/require.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace {

using namespace alluvium;
using fuzz::require;

void check_record(std::string_view text) {
  const auto read = gateway::parse_peer_record(text);
  if (!read) return require(!read.error().message.empty());
  for (const auto& file : read->files) {
    require(file.leases.size() <= gateway::max_leases_in_record);
    for (const auto& lease : file.leases) {
      require(!lease.range.empty() && lease.remains >= Duration::zero());
    }
  }
  const std::string written = gateway::to_json(*read);
  const auto again = gateway::parse_peer_record(written);
  require(again.ok() && gateway::to_json(*again) == written);
}

void check_pass(std::string_view text) {
  http::Request request;
  request.target = "/";
  request.headers.add(std::string(gateway::pass_header), std::string(text));
  const auto before = request.remote;
  const auto passed = gateway::take_pass("secret", request);
  require(passed != gateway::Passed::no);
  require(passed == gateway::Passed::yes ? text.starts_with("secret ") : request.remote == before);
}

/// Facts, size of the pieces, each ended by NUL; then one leaf, and the pieces.
void check_file(std::string_view text) {
  std::array<std::string_view, 2> parts;
  for (auto& part : parts) {
    part = text.substr(0, text.find('\0'));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
  }
  const std::uint64_t piece_bytes = parse_uint(parts[1]).value_or(0);
  const auto read =
      gateway::restore_file_version(parts[0], as_bytes(text.substr(0, 32)), piece_bytes,
                                    as_bytes(text.substr(std::min<std::size_t>(text.size(), 32))));
  if (!read) return require(!read.error().message.empty());
  require(read->pieces.empty() == (read->piece_bytes == 0 || read->facts.length == 0));
}

}  // namespace

/// What gateways leave to each other in a shared store, and what one hands to another.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text(ByteView(data, size));
  check_record(text);
  check_pass(text);
  check_file(text);
  return 0;
}
