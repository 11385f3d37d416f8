// A folder of migrations: what it accepts, and all of its errors at once.
#include "sql/migrate/formats/directory.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/sql/fixtures.hpp"

namespace directory_test {

using namespace bigocean::sql::migrate;
using bigocean::base::EmbeddedFile;
using bigocean::test::TempDir;

namespace {

std::vector<std::string> names(const std::vector<Migration>& migrations) {
  std::vector<std::string> result;
  for (const Migration& m : migrations) result.push_back(m.name);
  return result;
}

/// The message, with the folder's path written as DIR.
std::string refusal(const std::string& folder) {
  try {
    read_folder(folder);
  } catch (const bigocean::base::Error& error) {
    CHECK(error.code == bigocean::base::ExitCode::kUsage);
    CHECK(!error.hint.empty());
    std::string message = error.message;
    for (auto at = message.find(folder); at != std::string::npos; at = message.find(folder))
      message.replace(at, folder.size(), "DIR");
    return message;
  }
  return "accepted";
}

}  // namespace

TEST_CASE("a folder's migrations come in order, pairs joined, other files passed over") {
  const TempDir dir;
  dir.write("10_b.sql", "select 10;");
  dir.write("9_a.up.sql", "select 9;");
  dir.write("9_a.down.sql", "select -9;");
  dir.write("2_no_down.up.sql", "select 2;");
  for (const std::string name :
       {"README.md", ".hidden.sql", "_draft.sql", "1_x.sql.bak", "sub/1_y.sql", "sql"})
    dir.write(name, "not SQL");
  std::filesystem::create_symlink(dir.write("elsewhere/x", "select 3;"), dir.path() + "/3_link.sql");
  const auto migrations = read_folder(dir.path());
  REQUIRE(names(migrations) == std::vector<std::string>{"2_no_down", "3_link", "9_a", "10_b"});
  CHECK(migrations[1].text == "select 3;");
  CHECK(migrations[2].down_text == "select -9;");
  CHECK(migrations[2].down_path == dir.path() + "/9_a.down.sql");
  CHECK(!migrations[0].down);
  CHECK(read_folder(dir.path() + "/")[3].path == dir.path() + "/10_b.sql");
}

TEST_CASE("an empty folder has no migrations") {
  const TempDir dir;
  CHECK(read_folder(dir.path()).empty());
}

TEST_CASE("a folder that is none") {
  const TempDir dir;
  const std::string file = dir.write("file", "x");
  CHECK(refusal(dir.path() + "/none").find("cannot read the migrations in DIR: No such file") == 0);
  CHECK(refusal(file).find("cannot read the migrations in DIR: Not a directory") == 0);
}

TEST_CASE("every fault of a folder is in one error") {
  const TempDir dir;
  dir.write("1_ok.sql", "select 1;");
  dir.write("2_a.sql", "select 1;");
  dir.write("2_a.up.sql", "select 1;");
  dir.write("3_lonely.down.sql", "select 1;");
  dir.write("4_whole.sql", "select 1;");
  dir.write("4_whole.down.sql", "select 1;");
  dir.write("5_binary.sql", std::string("\x7F"
                                        "ELF\0",
                                        5));
  dir.write("6_mark.sql", "-- migrate:upp\n");
  dir.write("7_broken.up.sql", "-- migrate:up\n");
  dir.write("7_broken.down.sql", "select 1;");
  dir.write("8_down.up.sql", "select 1;");
  dir.write("8_down.down.sql", "-- migrate:down\n");
  dir.write("V9__flyway.sql", "select 1;");
  dir.write("a1_x.SQL", "select 1;");
  std::filesystem::create_directory(dir.path() + "/b1_folder.sql");
  std::filesystem::create_directory(dir.path() + "/10_folder.sql");
  std::filesystem::create_symlink("nowhere", dir.path() + "/11_dangling.sql");
  REQUIRE(::mkfifo((dir.path() + "/12_pipe.sql").c_str(), 0600) == 0);
  const std::string pair =
      "a file of an .up.sql/.down.sql pair has no marks; remove the line or join the two in one .sql file";
  CHECK(
      refusal(dir.path()) ==
      "DIR/10_folder.sql: is a folder; a migration is a file\n"
      "DIR/11_dangling.sql: cannot be read: No such file or directory\n"
      "DIR/12_pipe.sql: is not a regular file\n"
      "DIR/2_a.sql and DIR/2_a.up.sql are the same migration, 2_a; remove one\n"
      "DIR/3_lonely.down.sql: its up file 3_lonely.up.sql is missing\n"
      "DIR/4_whole.down.sql belongs to an .up.sql file, but DIR/4_whole.sql is a single file; put it there, "
      "below a line `-- migrate:down`\n"
      "DIR/5_binary.sql:1: a NUL byte at byte 5\n"
      "DIR/6_mark.sql:1: `-- migrate:upp` is not a mark; write `-- migrate:up` or `-- migrate:down`\n"
      "DIR/7_broken.up.sql:1: " +
          pair +
          "\n"
          "DIR/8_down.down.sql:1: " +
          pair +
          "\n"
          "DIR/V9__flyway.sql: the name must start with a number, for example 20260131120000_add_users.sql\n"
          "DIR/a1_x.SQL: the name must end in .sql, for example 20260131120000_add_users.sql\n"
          "DIR/b1_folder.sql: is a folder; a migration is a file");
}

TEST_CASE("a huge line and a huge file are read") {
  const TempDir dir;
  const std::string text = "select '" + std::string(5'000'000, 'x') + "';";
  dir.write("1_long.sql", text);
  dir.write("2_short.sql", "select 2;");
  const auto migrations = read_folder(dir.path());
  REQUIRE(migrations.size() == 2);
  CHECK(migrations[0].text == text);
  CHECK(migrations[1].text == "select 2;");
}

TEST_CASE("embedded files obey the same rules") {
  const std::vector<EmbeddedFile> files{
      {"2_b.sql", "select 2;"}, {"1_a.up.sql", "select 1;"}, {"1_a.down.sql", "select -1;"}};
  const auto migrations = read_embedded(files);
  CHECK(names(migrations) == std::vector<std::string>{"1_a", "2_b"});
  CHECK(migrations[0].down_text == "select -1;");
  const std::vector<EmbeddedFile> bad{{"x.sql", "select 2;"}, {"1_a.sql", ""}};
  CHECK_THROWS_AS(read_embedded(bad), bigocean::base::Error);
}

TEST_CASE("the tricky files are a folder of migrations") {
  CHECK(read_folder(bigocean::test::fixture_folder()).size() == bigocean::test::fixture_names().size());
}

}  // namespace directory_test
