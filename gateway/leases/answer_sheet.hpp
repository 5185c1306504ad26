#pragma once

#include "gateway/leases/values.hpp"

#include <cstddef>
#include <vector>

namespace alluvium::leases {

/// Collects what one announcement is answered, chunk by chunk, and joins what is the same: one
/// entry for each source and ticket, so that an answer stays short. Value type.
class AnswerSheet {
 public:
  using From = decltype(Given::from);

  /// What has been said of the file's other chunks counts: the first lease time, pause or patience
  /// of an entry stands for all of it.
  void add(const hash::TreeRoot& root, hash::ChunkIndex chunk, const From& from);
  void add_escape(std::uint64_t bytes) { answer_.escape_bytes += bytes; }
  /// Every entry in order and without overlap; entries of one file stand together.
  [[nodiscard]] Answer take();

 private:
  Answer answer_;
};

}  // namespace alluvium::leases
