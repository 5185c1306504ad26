#include "tests/gateway/counted_memory.hpp"

#include <cstdlib>
#include <new>

#include <malloc.h>

namespace {

std::size_t allocated = 0;

constexpr std::size_t kept_of_each = 8;

}  // namespace

void* operator new(std::size_t bytes) {
  void* const piece = std::malloc(bytes);
  if (piece == nullptr) throw std::bad_alloc();
  allocated += malloc_usable_size(piece) + kept_of_each;
  return piece;
}

void operator delete(void* piece) noexcept {
  if (piece == nullptr) return;
  allocated -= malloc_usable_size(piece) + kept_of_each;
  std::free(piece);
}

void operator delete(void* piece, std::size_t) noexcept {
  operator delete(piece);
}

std::size_t alluvium::gateway::test::allocated_bytes() {
  return allocated;
}
