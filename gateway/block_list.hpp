#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

namespace alluvium::gateway {

/// A list that grows at its end and whose elements stay where they are: less than one byte in a
/// hundred of a long list is spare. Moves only.
template <typename Element>
class BlockList {
 public:
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] const Element& operator[](std::size_t place) const {
    return (*blocks_[place / block])[place % block];
  }
  [[nodiscard]] Element& operator[](std::size_t place) {
    return (*blocks_[place / block])[place % block];
  }
  void grow() {
    if (size_ == blocks_.size() * block) {
      blocks_.push_back(std::make_unique<std::array<Element, block>>());
    }
    ++size_;
  }
  void clear() {
    blocks_.clear();
    size_ = 0;
  }

 private:
  static constexpr std::size_t block = 16;

  std::vector<std::unique_ptr<std::array<Element, block>>> blocks_;
  std::size_t size_ = 0;
};

}  // namespace alluvium::gateway
