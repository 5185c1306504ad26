#include "gateway/told_list.hpp"

#include <cassert>
#include <cstring>

namespace alluvium::gateway {

namespace {

constexpr std::size_t place_bytes = 3;

}  // namespace

struct ToldList::Head {
  std::chrono::duration<std::uint32_t> in_full{};  ///< Of the clock.
  std::uint32_t change = 0;
};

ToldList::ToldList(const std::vector<Place>& places, std::uint32_t change, Instant in_full) {
  if (places.empty()) return;
  const Head head{std::chrono::floor<decltype(Head::in_full)>(in_full.time_since_epoch()), change};
  packed_.reset(new std::uint8_t[sizeof head + 1 + places.size() * place_bytes]);
  std::uint8_t* to = packed_.get();
  std::memcpy(to, &head, sizeof head);
  to += sizeof head;
  *to++ = static_cast<std::uint8_t>(places.size());
  for (const Place place : places) {
    assert(place < most_places);
    for (std::size_t i = 0; i < place_bytes; ++i) {
      *to++ = static_cast<std::uint8_t>(place >> (8 * i));
    }
  }
}

std::vector<ToldList::Place> ToldList::places() const {
  if (empty()) return {};
  const std::uint8_t* from = packed_.get() + sizeof(Head);
  std::vector<Place> places(*from++);
  for (Place& place : places) {
    for (std::size_t i = 0; i < place_bytes; ++i) place |= Place{*from++} << (8 * i);
  }
  return places;
}

bool ToldList::is_before(std::uint32_t change) const {
  return static_cast<std::int32_t>(change - head().change) > 0;
}

Instant ToldList::in_full() const {
  return Instant(head().in_full);
}

ToldList::Head ToldList::head() const {
  Head head;
  std::memcpy(&head, packed_.get(), sizeof head);
  return head;
}

}  // namespace alluvium::gateway
