#include "core/media/ogg_splitter.hpp"

#include <algorithm>

namespace alluvium::media {

namespace {

using Granules = std::vector<std::uint64_t>;

/// The granule position at the end of each packet that ends on a page, if they all can be told.
std::optional<Granules> granules_of(const ogg_page& page, const PacketUnits& units,
                                    std::uint64_t previous) {
  const auto granule = static_cast<std::uint64_t>(ogg_page_granulepos(&page));
  if (units.each.empty() || granule == no_granule) return std::nullopt;
  Granules granules(units.each.size(), granule);
  if (ogg_page_eos(&page) == 0) {
    for (std::size_t i = units.each.size() - 1; i > 0; --i) {
      if (!units.each[i] || granules[i] < *units.each[i]) return std::nullopt;
      granules[i - 1] = granules[i] - *units.each[i];
    }
    return granules;
  }
  // The end of the sound may lie within the last packets (RFC 7845, 4.4): counted from the front.
  if (previous == no_granule) return std::nullopt;
  for (std::size_t i = 0; i + 1 < units.each.size(); ++i) {
    if (!units.each[i] || *units.each[i] > granule - std::min(previous, granule)) {
      return std::nullopt;
    }
    previous += *units.each[i];
    granules[i] = previous;
  }
  return granules;
}

}  // namespace

std::uint64_t PacketUnits::sum() const {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < each.size(); ++i) sum += of(i);
  return sum;
}

std::vector<OggSplitter::Part> OggSplitter::split(const ogg_page& page,
                                                  std::span<const PacketPart> packets,
                                                  const PacketUnits& units,
                                                  std::uint64_t most_units) {
  const auto granule = static_cast<std::uint64_t>(ogg_page_granulepos(&page));
  const auto number = static_cast<std::uint32_t>(ogg_page_pageno(&page));
  const auto granules = granules_of(page, units, previous_);
  if (granule != no_granule) previous_ = granule;

  std::vector<Part> parts;
  std::size_t begin = 0;  // of the part at hand, in packets
  std::size_t ended = 0;  // packets so far
  std::uint64_t part_units = 0;
  if (drops_beginning_ && !packets.empty() && !packets[0].begins) {
    begin = 1;
    ended = packets[0].ends ? 1 : 0;
  }
  const std::size_t all = static_cast<std::size_t>(
      std::count_if(packets.begin(), packets.end(), [](const PacketPart& p) { return p.ends; }));
  const bool has_something = begin == 0 || ended < all;
  if (!has_something) return parts;
  drops_beginning_ = false;

  for (std::size_t i = begin; i < packets.size(); ++i) {
    if (!packets[i].ends) continue;
    part_units += units.of(ended);
    ++ended;
    const bool is_last = ended == all;
    if (!is_last && (!granules || part_units < most_units)) continue;
    const std::size_t end = is_last ? packets.size() : i + 1;
    const auto own = packets.subspan(begin, end - begin);
    const std::uint64_t own_granule = granules ? (*granules)[ended - 1] : granule;
    const bool is_whole = own.size() == packets.size() && added_ == 0;
    parts.push_back({is_whole ? bytes_of(page)
                              : page_of(page, own, own_granule,
                                        number + added_ + static_cast<std::uint32_t>(parts.size())),
                     own_granule, part_units, packets[begin].begins});
    begin = end;
    part_units = 0;
    if (is_last) break;
  }
  // A page that only has the middle of a packet, or nothing.
  if (parts.empty()) {
    const bool is_entry = !packets.empty() && packets[0].begins;
    parts.push_back(
        {added_ == 0 ? bytes_of(page) : page_of(page, packets, granule, number + added_), granule,
         0, is_entry});
  }
  added_ += static_cast<std::uint32_t>(parts.size() - 1);
  return parts;
}

}  // namespace alluvium::media
