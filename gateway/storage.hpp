#pragma once

#include "core/base/result.hpp"
#include "gateway/file_version.hpp"

#include <optional>
#include <string>
#include <vector>

namespace alluvium::gateway {

/// Where files stay known beyond the life of the program. Peers are never kept. One version a URL.
class Storage {
 public:
  virtual ~Storage() = default;

  struct Contents {
    std::vector<FileVersion> files;
    std::vector<std::string> problems;  ///< A sentence for each file that was damaged and left out.
  };
  /// Everything kept, at the start; later what others have kept since. May block.
  [[nodiscard]] virtual Contents load() = 0;
  /// What somebody else may have kept of a file of that name. May block.
  [[nodiscard]] virtual std::optional<FileVersion> find(const hash::TreeRoot& /*root*/) {
    return std::nullopt;
  }
  /// Keeps `file` in place of what was kept for its URL; when this returns, it survives the end of
  /// the process. Called on workers, several at a time, and may block.
  [[nodiscard]] virtual Status save(const FileVersion& file) = 0;
  /// Whether something could be kept now, found out by keeping something. As `save`.
  [[nodiscard]] virtual Status try_write() { return {}; }
};

/// Keeps nothing: what such a gateway knows ends with it.
class NoStorage final : public Storage {
 public:
  Contents load() override { return {}; }
  Status save(const FileVersion& /*file*/) override { return {}; }
};

}  // namespace alluvium::gateway
