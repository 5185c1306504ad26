#include "gateway/packed_availability.hpp"

#include "core/http/range.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

namespace alluvium::gateway {

namespace {

constexpr unsigned bits_a_byte = 7;
constexpr std::uint8_t more = 1U << bits_a_byte;

void append(std::vector<std::uint8_t>& bytes, std::uint64_t number) {
  for (; number >= more; number >>= bits_a_byte) {
    bytes.push_back(static_cast<std::uint8_t>(number | more));
  }
  bytes.push_back(static_cast<std::uint8_t>(number));
}

std::uint64_t take(std::span<const std::uint8_t>& bytes) {
  std::uint64_t number = 0;
  for (unsigned shift = 0; !bytes.empty(); shift += bits_a_byte) {
    const std::uint8_t byte = bytes.front();
    bytes = bytes.subspan(1);
    number |= static_cast<std::uint64_t>(byte & (more - 1U)) << shift;
    if (byte < more) break;
  }
  return number;
}

/// What is kept elsewhere.
struct Away {
  std::uint8_t* bytes;
  std::uint32_t count;
};

template <typename Bytes>
Away away(const Bytes& room) {
  Away away{};
  std::memcpy(&away.bytes, room.data(), sizeof away.bytes);
  std::memcpy(&away.count, room.data() + sizeof away.bytes, sizeof away.count);
  return away;
}

}  // namespace

PackedAvailability::PackedAvailability(const Availability& available) {
  if (available.complete) {
    form_ = all;
    return;
  }
  std::vector<std::uint8_t> packed;
  std::uint64_t end = 0;
  for (const auto& range : available.ranges) {
    append(packed, range.begin - end);
    append(packed, range.size());
    end = range.end;
  }
  keep(packed);
}

PackedAvailability::PackedAvailability(const PackedAvailability& other)
    : bytes_(other.bytes_), form_(other.form_) {
  if (form_ == elsewhere) keep(other.bytes());
}

PackedAvailability::PackedAvailability(PackedAvailability&& other) noexcept
    : bytes_(other.bytes_), form_(std::exchange(other.form_, 0)) {}

PackedAvailability& PackedAvailability::operator=(PackedAvailability other) noexcept {
  std::swap(bytes_, other.bytes_);
  std::swap(form_, other.form_);
  return *this;
}

PackedAvailability::~PackedAvailability() {
  if (form_ == elsewhere) delete[] away(bytes_).bytes;
}

std::span<const std::uint8_t> PackedAvailability::bytes() const {
  if (form_ == all) return {};
  if (form_ != elsewhere) return {bytes_.data(), form_};
  const Away kept = away(bytes_);
  return {kept.bytes, kept.count};
}

void PackedAvailability::keep(std::span<const std::uint8_t> bytes) {
  std::uint8_t* to = bytes_.data();
  form_ = static_cast<std::uint8_t>(bytes.size());
  if (bytes.size() > room) {
    to = new std::uint8_t[bytes.size()];
    const auto count = static_cast<std::uint32_t>(bytes.size());
    std::memcpy(bytes_.data(), &to, sizeof to);
    std::memcpy(bytes_.data() + sizeof to, &count, sizeof count);
    form_ = elsewhere;
  }
  std::copy(bytes.begin(), bytes.end(), to);
}

template <typename Use>
void PackedAvailability::read(Use use) const {
  std::uint64_t end = 0;
  for (auto left = bytes(); !left.empty();) {
    const std::uint64_t begin = end + take(left);
    end = begin + take(left);
    use(ByteRange{begin, end});
  }
}

Availability PackedAvailability::unpacked() const {
  Availability available{complete(), {}};
  read([&](const ByteRange& range) { available.ranges.push_back(range); });
  return available;
}

void PackedAvailability::append_to(std::string& text) const {
  if (form_ == all || form_ == 0) {
    text += form_ == all ? "all" : "none";
    return;
  }
  std::string_view before = "bytes ";
  read([&](const ByteRange& range) {
    text += before;
    http::append_range_set(text, {&range, 1});
    before = ",";
  });
}

bool PackedAvailability::operator==(const PackedAvailability& other) const {
  const auto own = bytes();
  const auto its = other.bytes();
  return complete() == other.complete() &&
         std::equal(own.begin(), own.end(), its.begin(), its.end());
}

}  // namespace alluvium::gateway
