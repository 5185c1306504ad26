#include "gateway/sqlite_storage.hpp"

#include "tests/gateway/surroundings.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>
#include <sqlite3.h>

using namespace alluvium;
using namespace alluvium::gateway;

namespace {

/// A folder that goes with the test.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "gateway-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::filesystem::path path;
};

/// As another program would.
void run_sql(const std::filesystem::path& folder, const char* sql) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open((folder / "gateway.sqlite").c_str(), &database) == SQLITE_OK);
  CHECK(sqlite3_exec(database, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(database);
}

}  // namespace

TEST_CASE("what was saved is there for the next program, every part of it") {
  const Folder folder;
  FileVersion song = test::file_of("http://a/x.mp3", test::some_bytes(700'000));
  song.facts.etag = "\"v1\"";
  {
    SqliteStorage storage(folder.path / "made" / "if missing");
    REQUIRE(storage.save(song));
    REQUIRE(storage.save(test::file_of("http://a/empty", "")));
    REQUIRE(storage.save(test::file_of("http://a/y.mp3", "old")));
    REQUIRE(storage.save(test::file_of("http://a/y.mp3", "new")));
  }
  SqliteStorage storage(folder.path / "made" / "if missing");
  const auto contents = storage.load();
  CHECK(contents.problems.empty());
  REQUIRE(contents.files.size() == 3);
  const FileVersion& same = contents.files[1];
  CHECK(same.url == song.url);
  CHECK(same.root() == song.root());
  CHECK(same.facts.sha256 == song.facts.sha256);
  CHECK(same.facts.etag == song.facts.etag);
  CHECK(same.facts.length == song.facts.length);
  CHECK(to_bytes(same.leaves.view()) == to_bytes(song.leaves.view()));
  CHECK(same.piece_bytes == song.piece_bytes);
  CHECK(same.pieces == song.pieces);
  CHECK(contents.files[2].root() == test::file_of("http://a/y.mp3", "new").root());
}

TEST_CASE("a damaged entry is left out and named, the others stay") {
  struct Row {
    const char* what;
    const char* sql;
  };
  const Row rows[] = {
      {"a leaf", "UPDATE files SET leaves = zeroblob(length(leaves)) WHERE url = 'http://a/x'"},
      {"the row's length", "UPDATE files SET leaves = zeroblob(31) WHERE url = 'http://a/x'"},
      {"the facts", "UPDATE files SET facts = '{' WHERE url = 'http://a/x'"},
      {"the name", "UPDATE files SET facts = '{\"length\":4}' WHERE url = 'http://a/x'"},
      {"the pieces", "UPDATE files SET pieces = zeroblob(33) WHERE url = 'http://a/x'"},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    const Folder folder;
    {
      SqliteStorage storage(folder.path);
      REQUIRE(storage.save(test::file_of("http://a/x", "song")));
      REQUIRE(storage.save(test::file_of("http://a/y", "other")));
    }
    run_sql(folder.path, row.sql);
    const auto contents = SqliteStorage(folder.path).load();
    REQUIRE(contents.files.size() == 1);
    CHECK(contents.files[0].url.text() == "http://a/y");
    REQUIRE(contents.problems.size() == 1);
    CHECK(contents.problems[0].find("http://a/x") != std::string::npos);
  }
}

TEST_CASE("a store that cannot be used says so in one sentence") {
  const Folder folder;
  std::ofstream(folder.path / "gateway.sqlite") << std::string(5'000, 'x');
  CHECK_THROWS_WITH(SqliteStorage(folder.path), Catch::Contains("cannot be used"));
  std::ofstream(folder.path / "file") << "x";
  CHECK_THROWS_WITH(SqliteStorage(folder.path / "file" / "store"),
                    Catch::Contains("cannot be made"));
}

TEST_CASE("a store says whether it can be written, and what keeps it from that") {
  const Folder folder;
  SqliteStorage storage(folder.path);
  CHECK(storage.try_write());
  const auto database = folder.path / "gateway.sqlite";
  const auto aside = folder.path / "aside";
  std::filesystem::rename(database, aside);
  const auto gone = storage.try_write();
  REQUIRE_FALSE(gone);
  CHECK(gone.error().message == "'" + database.string() + "' is gone");
  std::filesystem::rename(aside, database);
  CHECK(storage.try_write());
  run_sql(folder.path, "DROP TABLE tried");
  const auto refused = storage.try_write();
  REQUIRE_FALSE(refused);
  CHECK_THAT(refused.error().message, Catch::Contains("tried"));
}
