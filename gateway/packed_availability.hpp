#pragma once

#include "gateway/availability.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace alluvium::gateway {

/// An `Availability` in 16 bytes, as there is one for each listener of each file; what has more
/// than two or three ranges takes some memory beside. Value type.
class PackedAvailability {
 public:
  PackedAvailability() = default;  ///< None.
  explicit PackedAvailability(const Availability& available);
  PackedAvailability(const PackedAvailability& other);
  PackedAvailability(PackedAvailability&& other) noexcept;
  PackedAvailability& operator=(PackedAvailability other) noexcept;
  ~PackedAvailability();

  [[nodiscard]] bool complete() const { return form_ == all; }
  [[nodiscard]] Availability unpacked() const;
  /// As `Availability` says it.
  [[nodiscard]] std::string text() const { return unpacked().text(); }
  void append_to(std::string& text) const;
  bool operator==(const PackedAvailability& other) const;

 private:
  static constexpr std::size_t room = 15;
  /// How many of `bytes_` count, or one of these.
  static constexpr std::uint8_t all = 0xff;
  static constexpr std::uint8_t elsewhere = 0xfe;

  /// For each range how far it begins behind the one before and its length, as numbers of seven
  /// bits a byte.
  [[nodiscard]] std::span<const std::uint8_t> bytes() const;
  void keep(std::span<const std::uint8_t> bytes);
  /// Calls with each range.
  template <typename Use>
  void read(Use use) const;

  /// The ranges, or where they are and how many bytes.
  std::array<std::uint8_t, room> bytes_{};
  std::uint8_t form_ = 0;
};
static_assert(sizeof(PackedAvailability) == 16);

}  // namespace alluvium::gateway
