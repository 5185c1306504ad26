#pragma once

#include "gateway/storage.hpp"

#include <filesystem>
#include <memory>
#include <mutex>

struct sqlite3;

namespace alluvium::gateway {

/// Files in a SQLite database in write-ahead mode: a process killed at any moment loses nothing
/// that was saved; power loss may lose the last few files, which are then fetched again. Safe for
/// several threads; calls take turns.
class SqliteStorage final : public Storage {
 public:
  /// Makes `directory` if it is missing. Throws std::runtime_error with one sentence if the
  /// database cannot be opened or is of another kind.
  explicit SqliteStorage(const std::filesystem::path& directory);
  ~SqliteStorage() override;

  Contents load() override;
  Status save(const FileVersion& file) override;
  Status try_write() override;

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  void execute(const char* sql);

  std::filesystem::path path_;
  std::mutex turn_;
  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace alluvium::gateway
