#pragma once

#include <cstddef>

namespace alluvium::gateway::test {

/// What the program has allocated with `new` and not given back, as the allocator rounds it up,
/// with the eight bytes that it keeps of each piece.
[[nodiscard]] std::size_t allocated_bytes();

}  // namespace alluvium::gateway::test
