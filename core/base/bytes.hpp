#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace alluvium {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline std::string to_string(ByteView bytes) {
  return std::string(as_text(bytes));
}
inline Bytes to_bytes(ByteView bytes) {
  return Bytes(bytes.begin(), bytes.end());
}

/// Immutable bytes with any number of readers: a window into a block that lives as long as its last
/// window. Copying is cheap; the bytes are never copied. Value type.
class Slice {
 public:
  Slice() = default;
  explicit Slice(Bytes bytes)
      : block_(std::make_shared<const Bytes>(std::move(bytes))), view_(*block_) {}
  explicit Slice(std::string_view text) : Slice(to_bytes(as_bytes(text))) {}

  [[nodiscard]] ByteView view() const { return view_; }
  [[nodiscard]] std::size_t size() const { return view_.size(); }
  [[nodiscard]] bool empty() const { return view_.empty(); }

  /// The part that begins at `offset` and has at most `length` bytes; both are clamped to the end.
  [[nodiscard]] Slice part(std::size_t offset, std::size_t length = std::dynamic_extent) const {
    Slice result;
    if (offset >= view_.size()) return result;
    result.block_ = block_;
    result.view_ = view_.subspan(offset, std::min(length, view_.size() - offset));
    return result;
  }

 private:
  std::shared_ptr<const Bytes> block_;
  ByteView view_;
};

}  // namespace alluvium
