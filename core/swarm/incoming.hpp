#pragma once

#include "core/hash/tree.hpp"
#include "core/swarm/direction.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace alluvium::swarm {

/// How a chunk comes that is not here yet.
struct OnItsWay {
  bool is_from_origin = false;
  std::optional<Ticket> ticket;  ///< Ours; none if nobody directs us.
};

/// A download, as those see it who wait for its chunks.
class ComingChunks {
 public:
  virtual ~ComingChunks() = default;
  /// Nothing if nobody has been asked for it, nor is about to be.
  [[nodiscard]] virtual std::optional<OnItsWay> coming(hash::ChunkIndex index) const = 0;
};

/// What is on its way to us, and which of our peers wait for it: where requests that we hold meet
/// the downloads. One a listener.
class Incoming {
 public:
  void add(const hash::TreeRoot& root, const ComingChunks& download);
  void remove(const ComingChunks& download);
  [[nodiscard]] std::optional<OnItsWay> coming(const hash::TreeRoot& root,
                                               hash::ChunkIndex index) const;

  /// Ends the waiting when destroyed.
  class Wait {
   public:
    Wait(Incoming& incoming, std::uint64_t number) : incoming_(incoming), number_(number) {}
    ~Wait() { incoming_.waits_.erase(number_); }
    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;

   private:
    Incoming& incoming_;
    std::uint64_t number_;
  };
  /// Calls once, when that chunk is in the store.
  [[nodiscard]] std::unique_ptr<Wait> wait(const hash::TreeRoot& root, hash::ChunkIndex index,
                                           std::function<void()> on_here);
  [[nodiscard]] std::size_t waits() const { return waits_.size(); }

  /// A chunk is in the store: those who wait for it are told.
  void on_chunk(const hash::TreeRoot& root, hash::ChunkIndex index);

 private:
  struct Waiting {
    hash::TreeRoot root;
    hash::ChunkIndex index;
    std::function<void()> on_here;
  };
  std::vector<std::pair<hash::TreeRoot, const ComingChunks*>> downloads_;
  std::map<std::uint64_t, Waiting> waits_;
  std::uint64_t last_ = 0;
};

}  // namespace alluvium::swarm
