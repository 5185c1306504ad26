#pragma once

#include "core/base/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <ogg/ogg.h>

namespace alluvium::media {

/// What a page has of one packet (RFC 3533, 5 and 6).
struct PacketPart {
  std::size_t first_segment = 0;
  std::size_t segments = 0;
  ByteView bytes;       ///< Within the page.
  bool begins = false;  ///< Here, and not on a page before.
  bool ends = false;    ///< Here, and not on a page to come.
};

/// The granule position of a page on which no packet ends.
inline constexpr std::uint64_t no_granule = ~std::uint64_t{0};

/// libogg's view of bytes that are exactly one page; none if they are not.
[[nodiscard]] std::optional<ogg_page> page_in(ByteView bytes);
[[nodiscard]] Bytes bytes_of(const ogg_page& page);

/// The packets of a page in their order. Valid as long as the page is.
[[nodiscard]] std::vector<PacketPart> packets_on(const ogg_page& page);

/// A page of some of those packets, one behind the other, which keeps the marks of the first and
/// last page of its stream with the packets they belong to. `granule` is of the last that ends.
[[nodiscard]] Bytes page_of(const ogg_page& page, std::span<const PacketPart> packets,
                            std::uint64_t granule, std::uint32_t number);

/// A page with another serial number, and the checksum that goes with it.
[[nodiscard]] Bytes with_serial(ByteView page, std::uint32_t serial);

}  // namespace alluvium::media
