// adopt and the formats: all problems are reported at once, each with a remedy; nothing is recorded.
#include <doctest/doctest.h>

#include "tests/e2e/migrate/adopt_case.hpp"

namespace adopt_bad_input_test {

using namespace bigocean::test;

namespace {

struct BadHistory {
  const char* tool;
  std::string change;              // SQL on the tool's history
  std::vector<std::string> parts;  // of what must be said
};

const std::vector<BadHistory>& bad_histories() {
  static const std::vector<BadHistory> histories = {
      {"golang-migrate",
       "UPDATE schema_migrations SET dirty = true",
       {"entry 10 is marked dirty", "migrate force"}},
      {"golang-migrate", "UPDATE schema_migrations SET version = 12", {"entry 12 has no file here"}},
      {"dbmate",
       "INSERT INTO schema_migrations VALUES ('20250101000000')",
       {"entry 20250101000000 has no file"}},
      {"goose",
       "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9, true)",
       {"entry 9 has no file"}},
      {"Flyway",
       "UPDATE flyway_schema_history SET success = false WHERE version = '1.10'",
       {"entry 1.10 failed", "flyway repair"}},
      {"Flyway",
       "UPDATE flyway_schema_history SET checksum = 1 WHERE version = '1.2'",
       {"V1.2__a.sql: was edited", "CRC32"}},
      {"sqlx", "UPDATE _sqlx_migrations SET success = false WHERE version = 1", {"entry 1 did not finish"}},
      {"sqlx",
       "UPDATE _sqlx_migrations SET checksum = '\\x00' WHERE version = 20",
       {"20_b.sql: was edited", "SHA-384"}},
      {"drizzle",
       "UPDATE drizzle.__drizzle_migrations SET hash = 'x'",
       {"0000_swift_owl.sql: was edited", "SHA-256"}},
      {"drizzle", "UPDATE drizzle.__drizzle_migrations SET created_at = 5", {"entry 5 has no file"}},
      {"Prisma",
       "UPDATE _prisma_migrations SET finished_at = NULL WHERE id = '1'",
       {"entry 20260101000000_a did not finish", "prisma migrate resolve"}},
      {"Prisma",
       "UPDATE _prisma_migrations SET checksum = 'x' WHERE id IN ('1', '2')",
       {"20260101000000_a/migration.sql: was edited", "20260102000000_b/migration.sql: was edited"}},
      {"diesel",
       "INSERT INTO __diesel_schema_migrations VALUES ('20250101000000')",
       {"entry 20250101000000 has no"}},
      {"node-pg-migrate", "UPDATE pgmigrations SET name = 'x' WHERE id = 1", {"entry x has no file"}},
  };
  return histories;
}

struct BadFolder {
  std::vector<std::pair<std::string, std::string>> files;
  Arguments arguments;
  std::vector<std::string> parts;
};

const std::string kUp = "-- +goose Up\n";

const std::vector<BadFolder>& bad_folders() {
  static const std::vector<BadFolder> folders = {
      // Two tools at once.
      {{{"1_a.sql", kUp}, {"2_b.sql", "-- Up Migration\n"}},
       {},
       {"looks like goose (1_a.sql begins with "
        "`-- +goose Up`) and like node-pg-migrate (2_b.sql",
        "--format goose or --format node-pg-migrate"}},
      {{{"1_a.sql", "SELECT 1;"}, {"2_b/up.sql", ""}}, {}, {"diesel (2_b/up.sql", "native (1_a.sql"}},
      {{{"20260101000000_a/migration.sql", ""}},
       {},
       {"drizzle (20260101000000_a/migration.sql", "prisma (20260101000000_a/migration.sql",
        "--format drizzle or --format prisma"}},
      {{{"V1__a.sql", ""}, {"2_b.sql", "SELECT 1;"}}, {}, {"flyway (V1__a.sql", "native (2_b.sql"}},
      {{{"1_a.sql", "-- migrate:up\nSELECT 1;"}, {"2_b.sql", "-- no-transaction\n"}},
       {},
       {"native (1_a.sql", "sqlx ("}},
      // A format that there is not.
      {{{"1_a.sql", "SELECT 1;"}}, {"--format", "gose"}, {"gose", "did you mean `goose`"}},
      // goose
      {{{"1_a.sql", kUp}, {"2_b.sql", "SELECT 1;"}},
       {},
       {"2_b.sql: there is no line `-- +goose Up`", "read as goose"}},
      {{{"1_a.sql", kUp + "-- +goose StatmentBegin\n"}}, {}, {"1_a.sql:2", "did you mean `statementbegin`"}},
      {{{"1_a.sql", "SELECT 0;\n" + kUp}},
       {"--format", "goose"},
       {"1_a.sql:1: SQL above the line `-- +goose Up`"}},
      {{{"1_a.sql", kUp + "-- +goose ENVSUB ON\nSELECT '$X';"}}, {}, {"1_a.sql:2:4: ENVSUB"}},
      {{{"1_a.sql", kUp + "SELECT 1;"}, {"2_b.go", "package x\n"}},
       {},
       {"2_b.go:1:1: is a program, which only goose"}},
      // Flyway
      {{{"V1__a.sql", "SELECT 1;\nSELECT '${x}';"}}, {}, {"V1__a.sql:2:9: a Flyway placeholder"}},
      {{{"V1__a.sql", ""}, {"R__views.sql", ""}}, {}, {"R__views.sql: a repeatable migration"}},
      {{{"V1__a.sql", ""}, {"beforeMigrate.sql", ""}}, {}, {"beforeMigrate.sql: a Flyway callback"}},
      {{{"V1__a.sql", ""}, {"V1.0__b.sql", ""}}, {}, {"have the same version"}},
      {{{"V1__a.sql", ""}, {"U2__b.sql", ""}}, {}, {"U2__b.sql: its up file V2__b.sql is missing"}},
      {{{"V1__a.sql", ""}, {"V1__a.sql.conf", "shouldExecute=false\n"}},
       {},
       {"V1__a.sql.conf", "shouldExecute"}},
      // drizzle
      {{{"meta/_journal.json", "{"}, {"0000_a.sql", ""}},
       {},
       {"meta/_journal.json: is not a drizzle journal"}},
      {{{"meta/_journal.json", "{\"entries\": [{\"idx\": 0, \"when\": 1, \"tag\": \"0000_a\"}]}"}},
       {},
       {"there is no file 0000_a.sql for entry 0"}},
      {{{"0000_a.sql", ""}}, {"--format", "drizzle"}, {"meta/_journal.json is missing"}},
      // Folders
      {{{"migration_lock.toml", ""}, {"2026_a/migration.sql", ""}, {"2026_b/other.sql", ""}},
       {},
       {"2026_b: there is no migration.sql in it"}},
      {{{"2026_a/up.sql", ""}, {"2026_a/metadata.toml", "run_in_transaktion = false\n"}},
       {},
       {"metadata.toml: `run_in_transaktion", "run_in_transaction"}},
      // node-pg-migrate
      {{{"1_a.sql", "-- Up Migration\nSELECT 1;"}, {"2_b.ts", "x"}},
       {},
       {"2_b.ts:1:1: is a program, which only node-pg"}},
  };
  return folders;
}

}  // namespace

TEST_CASE("a history that does not fit the files stops adopt with exit 6 and what to do") {
  for (const auto& bad : bad_histories()) {
    CAPTURE(bad.tool);
    CAPTURE(bad.change);
    const Scene scene;
    set_up(scene, adopt_case(bad.tool));
    scene.rows(bad.change);
    for (const Arguments& arguments : {Arguments{"adopt"}, Arguments{"adopt", "--apply"}}) {
      const auto done = scene.migrate(arguments);
      CHECK_MESSAGE(done.exit_code == 6, said(done));
      for (const auto& part : bad.parts) CHECK_MESSAGE(contains(done.err, part), said(done));
      CHECK(contains(done.err, "hint: nothing was recorded"));
    }
    CHECK(scene.value("SELECT to_regnamespace('bigocean') IS NULL") == "t");
  }
}

TEST_CASE("an entry without its file, for a file that was removed") {
  for (const auto& adopt : adopt_cases()) {
    CAPTURE(adopt.tool);
    if (adopt.tool == "drizzle") continue;  // there the journal says so already
    const Scene scene;
    set_up(scene, adopt);
    for (const auto& [name, text] : adopt.files) {
      if (contains(name, "10_b") || contains(name, "_b.") || contains(name, "_b/")) scene.remove(name);
    }
    if (adopt.tool == "diesel" || adopt.tool == "Prisma")
      scene.remove(adopt.tool == "diesel" ? "2026-01-02-000000_b" : "20260102000000_b");
    const auto done = scene.migrate({"adopt"});
    CHECK_MESSAGE(done.exit_code == 6, said(done));
    CHECK_MESSAGE(contains(done.err, "has no file here"), said(done));
  }
}

TEST_CASE("folders of other tools that are not right: exit 2, the file and the fault are named") {
  for (const auto& bad : bad_folders()) {
    CAPTURE(bad.parts.front());
    const Scene scene;
    for (const auto& [name, text] : bad.files) scene.file(name, text);
    const auto done = scene.migrate(bad.arguments);
    CHECK_MESSAGE(done.exit_code == 2, said(done));
    for (const auto& part : bad.parts) CHECK_MESSAGE(contains(done.err, part), said(done));
    CHECK(contains(done.err, "hint: "));
    CHECK(scene.value("SELECT to_regnamespace('bigocean') IS NULL") == "t");
  }
}

TEST_CASE("adopt without a folder, without another history, and with a table that is none") {
  const Scene scene;
  scene.file("1_a.sql", "SELECT 1;");
  const auto none = scene.migrate({"adopt"});
  CHECK_MESSAGE(none.exit_code == 2, said(none));
  CHECK(contains(none.err, "no other tool's history"));
  CHECK(contains(none.err, "bigocean migrate baseline"));
  scene.rows("CREATE TABLE t (n int)");
  const auto wrong = scene.migrate({"adopt", "--table", "public.t"});
  CHECK_MESSAGE(wrong.exit_code == 2, said(wrong));
  CHECK(contains(wrong.err, "public.t is not a history table"));

  ProcessOptions options;
  options.environment = scene.environment;
  options.working_directory = scene.folder();
  const auto homeless = run({BIGOCEAN_BINARY, "migrate", "adopt"}, options);
  CHECK_MESSAGE(homeless.exit_code == 2, said(homeless));
  CHECK(contains(homeless.err, "--dir"));
}

TEST_CASE("adopt leaves what bigocean has applied, and refuses an edited file") {
  const Scene scene;
  set_up(scene, adopt_case("dbmate"));
  REQUIRE(scene.migrate({"adopt", "--apply"}).exit_code == 0);
  scene.file("20260101000000_a.sql", "-- migrate:up\nSELECT 1;\n");
  const auto done = scene.migrate({"adopt", "--apply"});
  CHECK_MESSAGE(done.exit_code == 6, said(done));
  CHECK(contains(done.err, "was edited after it was applied"));
}

}  // namespace adopt_bad_input_test
