#pragma once

#include "core/base/bytes.hpp"
#include "core/hash/chunks.hpp"
#include "core/time/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace alluvium::swarm {

/// When the chunks that a reader needs are due, about: one after the other at an even pace. Value
/// type.
struct Pace {
  hash::ChunkIndex next;
  Duration due_in{};  ///< Until the next one is due; not negative.
  Duration per_chunk{};
  /// Until that one is due; nothing for what the reader has behind it.
  [[nodiscard]] std::optional<Duration> due_in_of(hash::ChunkIndex index) const {
    if (index < next) return std::nullopt;
    return due_in + per_chunk * (index.value - next.value);
  }
  bool operator==(const Pace&) const = default;
};

/// What is wanted most, by when it is due. The first two runs begin at the chunk that is due next.
struct Window {
  hash::ChunkRun urgent;       ///< Due within 3 s.
  hash::ChunkRun critical;     ///< Due within 1 s: a second source is asked soon.
  hash::ChunkRun after_those;  ///< Another reader's: urgent as well once all of `urgent` is held.
  std::optional<Pace> pace;    ///< Of whose need the first two runs are.
};

/// The bytes of one file while they arrive. Whoever reads asks for chunk after chunk; what is not
/// there yet is brought in the order of the window, and the SourceObserver is told when there is
/// more.
class ByteSource {
 public:
  virtual ~ByteSource() = default;

  /// Known before the first chunk can be read.
  [[nodiscard]] virtual std::optional<std::uint64_t> length() const = 0;
  /// The whole chunk if it is at hand.
  [[nodiscard]] virtual std::optional<Slice> read(hash::ChunkIndex index) = 0;
  /// Verified (or, without a tree, received) chunks that follow each other from there.
  [[nodiscard]] virtual std::uint32_t run_from(hash::ChunkIndex index) const = 0;
  [[nodiscard]] virtual std::uint32_t held() const = 0;
  [[nodiscard]] virtual bool is_verified() const = 0;

  virtual void set_window(const Window& window) = 0;
  /// Looks at the time and at what is known of peers again.
  virtual void update() = 0;
};

/// Told by a ByteSource. None of these calls may destroy the source.
class SourceObserver {
 public:
  virtual ~SourceObserver() = default;
  /// `read` may succeed where it did not.
  virtual void on_data() = 0;
  /// What a source sent does not fit the tree that was believed. With `is_stuck` nothing has ever
  /// fitted it, and the source waits to be replaced.
  virtual void on_tree_contradicted(bool is_stuck) = 0;
};

}  // namespace alluvium::swarm
