#pragma once

#include <cstdint>
#include <initializer_list>

namespace alluvium::sim {

/// What has happened, in one number: two runs are the same if and only if (but for one chance in
/// 2^64) all they noted was the same, in the same order. Value type.
class Trace {
 public:
  void note(std::initializer_list<std::uint64_t> values) {
    // FNV-1a, a word at a time.
    for (const std::uint64_t value : values) {
      hash_ = (hash_ ^ value) * 0x100000001b3ULL;
      hash_ ^= hash_ >> 29;
    }
    ++notes_;
  }
  [[nodiscard]] std::uint64_t hash() const { return hash_; }
  [[nodiscard]] std::uint64_t notes() const { return notes_; }
  bool operator==(const Trace&) const = default;

 private:
  std::uint64_t hash_ = 0xcbf29ce484222325ULL;
  std::uint64_t notes_ = 0;
};

}  // namespace alluvium::sim
