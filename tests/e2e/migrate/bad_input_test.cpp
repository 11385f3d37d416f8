// Bad inputs through the real binary: each gives a clear error with exit code 2, and nothing is applied.
#include <doctest/doctest.h>

#include <filesystem>

#include "tests/e2e/migrate/fixture.hpp"

namespace bad_input_test {

using namespace bigocean::test;

namespace {

struct BadFile {
  const char* name;
  std::string text;
  const char* error;  // part of what must be said
};

const std::string kNul(1, '\0');

const std::vector<BadFile>& bad_files() {
  static const std::vector<BadFile> files = {
      {"no_number.sql", "SELECT 1;", "no_number.sql"},
      {"V1__flyway.sql", "SELECT 1;", "V1__flyway.sql"},
      {"2x.sql", "SELECT 1;", "2x.sql"},
      {"2_.sql", "SELECT 1;", "2_.sql"},
      {"2_x.SQL", "SELECT 1;", "2_x.SQL"},
      {"2_x.down.sql", "SELECT 1;", "2_x.up.sql"},
      {"2_empty.sql", "", "2_empty.sql"},
      {"2_blank.sql", " \n\t\n", "2_blank.sql"},
      {"2_comment.sql", "-- nothing\n/* at all */\n", "2_comment.sql"},
      {"2_binary.sql", "SELECT 1;\n" + kNul + "\x01\x02", "2_binary.sql:2"},
      {"2_latin1.sql", "SELECT 'gr\xfc\xdf';", "2_latin1.sql:1"},
      {"2_utf16.sql", "\xff\xfeS" + kNul + "E" + kNul, "2_utf16.sql:1"},
      {"2_overlong.sql", "SELECT '\xc0\xaf';", "2_overlong.sql:1"},
      {"2_surrogate.sql", "SELECT '\xed\xa0\x80';", "2_surrogate.sql:1"},
      {"2_mark.sql", "-- migrat:up\nSELECT 1;", "2_mark.sql:1"},
      {"2_mark.sql", "-- Migrate:Up\nSELECT 1;", "migrate:up"},
      {"2_mark.sql", "-- migrate:sideways\nSELECT 1;", "2_mark.sql:1"},
      {"2_twice.sql", "-- migrate:up\nSELECT 1;\n-- migrate:up\nSELECT 2;", "2_twice.sql:3"},
      {"2_two_downs.sql", "-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 2;\n-- migrate:down\nSELECT 3;",
       "2_two_downs.sql:5"},
      {"2_down_first.sql", "-- migrate:down\nSELECT 1;\n-- migrate:up\nSELECT 2;", "2_down_first.sql"},
      {"2_down_only.sql", "-- migrate:down\nSELECT 1;", "2_down_only.sql"},
      {"2_before.sql", "SELECT 0;\n-- migrate:up\nSELECT 1;", "2_before.sql"},
      {"2_goose.sql", "-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT 2;", "goose"},
      {"2_option.sql", "-- migrate:up transactoin:false\nSELECT 1;", "did you mean `transaction`"},
      {"2_option.sql", "-- migrate:up transaction:no\nSELECT 1;", "true or false"},
      {"2_option.sql", "-- bigocean: lock-timeout=fast\nSELECT 1;", "2_option.sql:1"},
      {"2_option.sql", "-- bigocean: lock-timeout=1s lock-timeout=2s\nSELECT 1;", "given twice"},
      {"2_option.sql", "-- bigocean: retry=-1\nSELECT 1;", "from 0 to 1000"},
      {"2_option.sql", "-- bigocean: retry\nSELECT 1;", "has no value"},
      {"2_quote.sql", "SELECT 1;\nSELECT 'open;\n", "2_quote.sql:2:8"},
      {"2_dollar.sql", "SELECT $x$ open $y$;\n", "2_dollar.sql:1:8"},
      {"2_name.sql", "SELECT \"open;\n", "2_name.sql:1:8"},
      {"2_remark.sql", "/* /* */ SELECT 1;\n", "2_remark.sql:1:1"},
      {"2_begin.sql", "SELECT 1;\nBEGIN;\nSELECT 2;\nCOMMIT;", "2_begin.sql:2:1"},
      {"2_commit.sql", "SELECT 1;\nCOMMIT;", "2_commit.sql:2:1"},
      {"2_rollback.sql", "ROLLBACK;", "transaction:false"},
      {"2_forced.sql", "-- migrate:up transaction:true\nVACUUM;", "2_forced.sql:2:1"},
      {"2_strings.sql", "SET standard_conforming_strings = off;", "2_strings.sql:1"},
      {"2_psql.sql", "SELECT 1;\n\\i other.sql\n", "2_psql.sql:2:1"},
      {"2_psql.sql", "\\set x 1\nSELECT 1;\n", "2_psql.sql:1:1"},
      {"2_psql.sql", "SELECT 1 \\gexec\n", "2_psql.sql:1:10"},
      {"2_restrict.sql", "\\unrestrict abc\nSELECT 1;\n", "2_restrict.sql:1"},
      {"01_good.sql", "SELECT 1;", "01_good"},  // see below: beside 01_good.up.sql
  };
  return files;
}

}  // namespace

TEST_CASE("bad files: exit 2, the file and the fault are named, nothing is applied") {
  const Scene empty;
  for (const auto& bad : bad_files()) {
    CAPTURE(bad.name);
    CAPTURE(bad.text);
    const TempDir folder;
    folder.write("01_good.up.sql", "CREATE TABLE good (n int);");
    folder.write(bad.name, bad.text);
    ProcessOptions options;
    options.environment = {{"DATABASE_URL", empty.url}};
    options.working_directory = empty.folder();
    const auto done = run({BIGOCEAN_BINARY, "migrate", "--dir", folder.path()}, options);
    CHECK_MESSAGE(done.exit_code == 2, said(done));
    CHECK_MESSAGE(contains(done.err, bad.error), said(done));
    CHECK(contains(done.err, "error: "));
    CHECK(contains(done.err, "hint: "));
    CHECK(done.out.empty());
  }
  CHECK(empty.value("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace") == "0");
  CHECK(empty.value("SELECT to_regnamespace('bigocean') IS NULL") == "t");
}

TEST_CASE("several bad files are told at once") {
  const Scene scene;
  scene.file("1_good.sql", "CREATE TABLE good (n int);");
  scene.file("2_bad.sql", "COMMIT;");
  scene.file("3_bad.sql", "SELECT 'open");
  const auto lexed = scene.migrate();
  CHECK_MESSAGE(lexed.exit_code == 2, said(lexed));
  CHECK(contains(lexed.err, "2_bad.sql:1:1"));
  CHECK(contains(lexed.err, "3_bad.sql:1:8"));
  scene.file("4_bad.sql", "-- migrate:up retyr=1\nSELECT 1;");
  scene.file("nonsense.sql", "SELECT 1;");
  const auto read = scene.migrate();
  CHECK_MESSAGE(read.exit_code == 2, said(read));
  CHECK(contains(read.err, "4_bad.sql:1"));
  CHECK(contains(read.err, "nonsense.sql"));
  CHECK_FALSE(scene.has_table("good"));
}

TEST_CASE("bad files are told without a database, and before what is wrong with it") {
  Scene scene;
  scene.file("1_bad.sql", "-- migrate:up retyr=1\nSELECT 1;");
  for (const auto& url : {std::string("postgresql://postgres@127.0.0.1:1/none"),
                          scene.url.substr(0, scene.url.rfind('/')) + "/there_is_no_such_database"}) {
    scene.environment["DATABASE_URL"] = url;
    const auto done = scene.migrate({"--wait", "30s"});
    CHECK_MESSAGE(done.exit_code == 2, said(done));
    CHECK_MESSAGE(contains(done.err, "1_bad.sql:1"), said(done));
  }
}

TEST_CASE(
    "bad folders and bad files in them: missing, a file, a folder called .sql, a dead link, unreadable") {
  Scene scene;
  scene.file("1_good.sql", "CREATE TABLE good (n int);");
  const auto refused = [&](const std::string& folder, const std::string& part) {
    ProcessOptions options;
    options.environment = scene.environment;
    options.as_unprivileged_user = true;
    options.working_directory = "/";
    const auto done = run({BIGOCEAN_BINARY, "migrate", "--dir", folder}, options);
    CHECK_MESSAGE(done.exit_code == 2, said(done));
    CHECK_MESSAGE(contains(done.err, part), said(done));
  };
  refused(scene.folder() + "/missing", "missing: No such file");
  refused(scene.folder() + "/1_good.sql", "Not a directory");
  std::filesystem::create_directory(scene.folder() + "/2_folder.sql");
  refused(scene.folder(), "2_folder.sql: is a folder");
  scene.remove("2_folder.sql");
  std::filesystem::create_symlink("nowhere", scene.folder() + "/2_link.sql");
  refused(scene.folder(), "2_link.sql: cannot be read");
  scene.remove("2_link.sql");
  std::filesystem::permissions(scene.folder() + "/1_good.sql", std::filesystem::perms::none);
  refused(scene.folder(), "1_good.sql: cannot be read: Permission denied");
  std::filesystem::permissions(scene.folder(), std::filesystem::perms::none);
  refused(scene.folder(), "Permission denied");
  std::filesystem::permissions(scene.folder(), std::filesystem::perms::all);
  CHECK_FALSE(scene.has_table("good"));
}

TEST_CASE("bad command lines: exit 2 and a hint") {
  const Scene scene;
  scene.file("1_good.sql", "CREATE TABLE good (n int);");
  for (const Arguments& bad :
       {Arguments{"--lock-timeout", "soon"}, Arguments{"--deadline", "-1s"}, Arguments{"upp"},
        Arguments{"--too", "1"}, Arguments{"--to", ""}, Arguments{"down", "--steps", "many"},
        Arguments{"down", "--steps", "1", "--to", "1"}, Arguments{"bless"}, Arguments{"baseline"},
        Arguments{"new"}, Arguments{"resolve", "1_good"}, Arguments{"--schema", ""}}) {
    CAPTURE(bad.front());
    const auto done = scene.migrate(bad);
    CHECK_MESSAGE(done.exit_code == 2, said(done));
    CHECK(contains(done.err, "error: "));
  }
  CHECK_FALSE(scene.has_table("good"));
}

TEST_CASE("a line of 30 MB, and one that fails in the middle of it") {
  const Scene scene;
  std::string text = "CREATE TABLE wide AS SELECT length('" + std::string(30'000'000, 'x') + "') AS n;";
  scene.file("1_wide.sql", text);
  const auto done = scene.migrate();
  CHECK_MESSAGE(done.exit_code == 0, said(done));
  CHECK(scene.value("SELECT n FROM wide") == "30000000");
  scene.file("2_wide.sql", text);
  const auto failed = scene.migrate();
  CHECK(failed.exit_code == 5);
  CHECK(failed.err.size() < 2000);
}

}  // namespace bad_input_test
