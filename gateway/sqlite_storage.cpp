#include "gateway/sqlite_storage.hpp"

#include "core/base/text.hpp"
#include "core/media/file_facts.hpp"

#include <stdexcept>

#include <sqlite3.h>

namespace alluvium::gateway {

namespace {

struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

Statement prepare(sqlite3* database, const char* sql) {
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v2(database, sql, -1, &statement, nullptr);
  return Statement(statement);
}

ByteView blob_column(sqlite3_stmt* row, int column) {
  const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(row, column));
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(row, column))};
}

void bind_text(sqlite3_stmt* statement, int place, std::string_view text) {
  sqlite3_bind_text64(statement, place, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

void bind_blob(sqlite3_stmt* statement, int place, const void* data, std::size_t size) {
  // A null pointer would be stored as NULL rather than as an empty blob.
  sqlite3_bind_blob64(statement, place, size == 0 ? "" : data, size, SQLITE_STATIC);
}

constexpr auto busy_timeout_ms = 5'000;

}  // namespace

void SqliteStorage::Close::operator()(sqlite3* database) const {
  sqlite3_close(database);
}

SqliteStorage::SqliteStorage(const std::filesystem::path& directory)
    : path_(directory / "gateway.sqlite") {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) {
    throw std::runtime_error("the store '" + printable(directory.string()) +
                             "' cannot be made: " + error.message());
  }
  sqlite3* handle = nullptr;
  const int opened = sqlite3_open(path_.c_str(), &handle);
  database_.reset(handle);
  if (opened != SQLITE_OK) {
    throw std::runtime_error("the store '" + printable(path_.string()) + "' cannot be opened: " +
                             (handle == nullptr ? "out of memory" : sqlite3_errmsg(handle)));
  }
  sqlite3_busy_timeout(handle, busy_timeout_ms);
  try {
    execute("PRAGMA journal_mode=WAL");
    execute("PRAGMA synchronous=NORMAL");
    execute(
        "CREATE TABLE IF NOT EXISTS files (url TEXT PRIMARY KEY, facts TEXT NOT NULL,"
        " leaves BLOB NOT NULL, piece_bytes INTEGER NOT NULL, pieces BLOB NOT NULL) WITHOUT ROWID");
    execute("CREATE TABLE IF NOT EXISTS tried (one INTEGER PRIMARY KEY, at TEXT NOT NULL)");
  } catch (const std::runtime_error& reason) {
    throw std::runtime_error("the store '" + printable(path_.string()) +
                             "' cannot be used: " + reason.what());
  }
}

SqliteStorage::~SqliteStorage() = default;

void SqliteStorage::execute(const char* sql) {
  if (sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
    throw std::runtime_error(sqlite3_errmsg(database_.get()));
  }
}

Storage::Contents SqliteStorage::load() {
  const std::lock_guard lock(turn_);
  Contents contents;
  const Statement row = prepare(
      database_.get(), "SELECT url, facts, leaves, piece_bytes, pieces FROM files ORDER BY url");
  int step = SQLITE_ERROR;
  while (row && (step = sqlite3_step(row.get())) == SQLITE_ROW) {
    auto file = restore_file_version(as_text(blob_column(row.get(), 1)), blob_column(row.get(), 2),
                                     static_cast<std::uint64_t>(sqlite3_column_int64(row.get(), 3)),
                                     blob_column(row.get(), 4));
    if (file) {
      contents.files.push_back(std::move(*file));
    } else {
      contents.problems.push_back("what the store has of " +
                                  printable(as_text(blob_column(row.get(), 0))) +
                                  " is damaged: " + file.error().message);
    }
  }
  if (step != SQLITE_DONE) {
    contents.problems.push_back(std::string("the store cannot be read to its end: ") +
                                sqlite3_errmsg(database_.get()));
  }
  return contents;
}

Status SqliteStorage::try_write() {
  const std::lock_guard lock(turn_);
  // SQLite goes on writing to files that somebody has deleted.
  std::error_code error;
  if (!std::filesystem::exists(path_, error)) {
    return Error{"'" + printable(path_.string()) + "' is gone"};
  }
  const char* sql = "INSERT OR REPLACE INTO tried VALUES (1, datetime('now'))";
  if (sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return Error{sqlite3_errmsg(database_.get())};
}

Status SqliteStorage::save(const FileVersion& file) {
  const std::string facts = media::to_json(file.facts);
  const std::lock_guard lock(turn_);
  const Statement statement = prepare(
      database_.get(),
      "INSERT OR REPLACE INTO files (url, facts, leaves, piece_bytes, pieces) VALUES (?,?,?,?,?)");
  if (!statement) return Error{sqlite3_errmsg(database_.get())};
  bind_text(statement.get(), 1, file.url.text());
  bind_text(statement.get(), 2, facts);
  bind_blob(statement.get(), 3, file.leaves.view().data(), file.leaves.size());
  sqlite3_bind_int64(statement.get(), 4, static_cast<sqlite3_int64>(file.piece_bytes));
  bind_blob(statement.get(), 5, file.pieces.data(), file.pieces.size() * sizeof(hash::Digest));
  if (sqlite3_step(statement.get()) != SQLITE_DONE) return Error{sqlite3_errmsg(database_.get())};
  return {};
}

}  // namespace alluvium::gateway
