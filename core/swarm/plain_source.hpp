#pragma once

#include "core/http/url.hpp"
#include "core/swarm/byte_source.hpp"
#include "core/swarm/run_fetch.hpp"
#include "core/swarm/services.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace alluvium::swarm {

/// A file for which nobody names a tree: taken from its origin as any player would, in order, a
/// little ahead of what is read, kept only until it has been read. Counted as unverified, never
/// shared, never cached. Owned by an ItemFeed.
class PlainSource final : public ByteSource, private RunObserver {
 public:
  PlainSource(Services& services, http::Url origin, SourceObserver& observer);

  std::optional<std::uint64_t> length() const override { return length_; }
  std::optional<Slice> read(hash::ChunkIndex index) override;
  std::uint32_t run_from(hash::ChunkIndex index) const override;
  std::uint32_t held() const override { return static_cast<std::uint32_t>(chunks_.size()); }
  bool is_verified() const override { return false; }
  void set_window(const Window& window) override;
  void update() override;

  /// As the origin says, once it has answered.
  [[nodiscard]] const std::string& type() const { return type_; }

 private:
  void on_run_head(RunFetch& fetch) override;
  void on_run_chunk(RunFetch& fetch, hash::ChunkIndex index, Slice chunk) override;
  void on_run_ended(RunFetch& fetch, RunEnd end, const std::string& why) override;

  Services& services_;
  http::Url origin_;
  SourceObserver& observer_;
  std::optional<std::uint64_t> length_;
  std::string type_;
  hash::ChunkIndex wanted_{0};
  std::map<hash::ChunkIndex, Slice> chunks_;
  /// One, and while nothing comes from it another one now and then.
  std::vector<std::unique_ptr<RunFetch>> fetches_;
  unsigned failures_ = 0;
  Instant not_before_{};
};

}  // namespace alluvium::swarm
