// adopt: the history of every tool is taken over, and the next migration goes on top, in that tool's format.
#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/e2e/migrate/adopt_case.hpp"

namespace adopt_test {

using namespace bigocean::test;

TEST_CASE("adopt: dry run, then --apply, then nothing to do; the next migration runs, and only it") {
  for (const auto& adopt : adopt_cases()) {
    CAPTURE(adopt.tool);
    CAPTURE(adopt.adopted);
    const Scene scene;
    set_up(scene, adopt);
    const auto old_rows = scene.rows("SELECT t::text FROM " + adopt.table + " t");

    const auto dry = scene.migrate({"adopt"});
    CHECK_MESSAGE(dry.exit_code == 0, said(dry));
    CHECK_MESSAGE(contains(dry.out, "history of " + adopt.tool + " found in " + adopt.table), said(dry));
    CHECK(contains(dry.out, "dry run: "));
    CHECK(contains(dry.out, "--apply"));
    CHECK(scene.value("SELECT to_regnamespace('bigocean') IS NULL") == "t");

    const auto applied = scene.migrate({"adopt", "--apply"});
    CHECK_MESSAGE(applied.exit_code == 0, said(applied));
    CHECK(scene.history() == adopt.adopted);
    CHECK(scene.rows("SELECT t::text FROM " + adopt.table + " t") == old_rows);
    CHECK(scene.value("SELECT count(DISTINCT how) || min(how) FROM bigocean.migrations") == "1adopt");
    CHECK(scene.value("SELECT min(reason) FROM bigocean.migration_events") ==
          adopt.tool + ", " + adopt.table);

    const auto again = scene.migrate({"adopt", "--apply"});
    CHECK_MESSAGE(again.exit_code == 0, said(again));
    CHECK(contains(again.out, "nothing to adopt"));

    for (const auto& [name, text] : adopt.next) scene.file(name, text);
    const auto up = scene.migrate();
    CHECK_MESSAGE(up.exit_code == 0, said(up));
    CHECK(scene.history() == adopt.adopted + " " + adopt.name_of_next);
    CHECK(scene.has_table("c"));
    const auto status = scene.migrate({"status", "--check"});
    CHECK_MESSAGE(status.exit_code == 0, said(status));
  }
}

TEST_CASE("the way back, as docs/coming-from.md has it: the tool's history then has what bigocean applied") {
  for (const auto& adopt : adopt_cases()) {
    CAPTURE(adopt.tool);
    const auto sql = way_back(adopt.tool);
    if (sql.empty()) continue;  // a command of the tool's instead
    const Scene scene;
    set_up(scene, adopt);
    REQUIRE(scene.migrate({"adopt", "--apply"}).exit_code == 0);
    for (const auto& [name, text] : adopt.next) scene.file(name, text);
    REQUIRE(scene.migrate().exit_code == 0);
    for (int i = 0; i < 2; ++i) {
      scene.rows(sql);
      const auto anew = scene.migrate({"adopt", "--schema", "anew"});
      CHECK_MESSAGE(anew.exit_code == 0, said(anew));
      CHECK_MESSAGE(
          contains(anew.out, "would record " + adopt.name_of_next.substr(adopt.name_of_next.rfind(' ') + 1)),
          said(anew));
      CHECK_FALSE(contains(anew.out, "pending"));
    }
  }
}

TEST_CASE("adopt --json: the document says what is recorded and what stays pending") {
  const Scene scene;
  set_up(scene, adopt_case("Prisma"));
  const auto dry = document(scene.migrate({"adopt", "--json"}))["adoption"];
  CHECK(dry["tool"] == "Prisma");
  CHECK(dry["applied"] == false);
  CHECK(dry["recorded"].size() == 2);
  CHECK(dry["pending"] == nlohmann::json{"20260103000000_again"});
  const auto applied = document(scene.migrate({"adopt", "--apply", "--json"}))["adoption"];
  CHECK(applied["applied"] == true);
  CHECK(applied["already"] == 0);
  const auto again = document(scene.migrate({"adopt", "--apply", "--json"}))["adoption"];
  CHECK(again["applied"] == false);
  CHECK(again["already"] == 2);
}

TEST_CASE("what another tool's folder does on an empty database") {
  for (const std::string tool :
       {"dbmate", "golang-migrate", "Flyway", "sqlx", "drizzle", "Prisma", "diesel"}) {
    CAPTURE(tool);
    const Scene scene;
    for (const auto& [name, text] : adopt_case(tool).files) scene.file(name, text);
    for (const auto& [name, text] : adopt_case(tool).next) scene.file(name, text);
    const auto up = scene.migrate();
    CHECK_MESSAGE(up.exit_code == 0, said(up));
    CHECK(scene.has_table("a"));
    CHECK(scene.has_table("b"));
    CHECK(scene.has_table("c"));
  }
}

TEST_CASE("adopt finds a table of another name and schema, and is told which of two is meant") {
  const Scene scene;
  set_up(scene, adopt_case("goose"));
  scene.rows(
      "CREATE SCHEMA old; ALTER TABLE goose_db_version SET SCHEMA old;"
      "ALTER TABLE old.goose_db_version RENAME TO applied");
  const auto lost = scene.migrate({"adopt"});
  CHECK_MESSAGE(lost.exit_code == 2, said(lost));
  CHECK(contains(lost.err, "--table"));
  const auto named = scene.migrate({"adopt", "--table", "old.applied"});
  CHECK_MESSAGE(named.exit_code == 0, said(named));
  CHECK(contains(named.out, "dry run: 2 to record"));

  scene.rows(
      "CREATE TABLE goose_db_version AS TABLE old.applied; CREATE SCHEMA other;"
      "CREATE TABLE other.goose_db_version AS TABLE old.applied");
  const auto two = scene.migrate({"adopt"});
  CHECK_MESSAGE(two.exit_code == 2, said(two));
  CHECK(contains(two.err, "other.goose_db_version (goose), public.goose_db_version (goose)"));
  // A second tool's table is no question where the folder speaks.
  scene.rows(
      "DROP TABLE other.goose_db_version; CREATE TABLE pgmigrations (id int, name text, run_on timestamp)");
  CHECK(scene.migrate({"adopt"}).exit_code == 0);
}

TEST_CASE("adopt takes a baseline of Flyway's as everything up to it, and undone versions as pending") {
  const Scene scene;
  set_up(scene, adopt_case("Flyway"));
  scene.file("V3__d.sql", "CREATE TABLE d (n int);\n");
  scene.rows(
      "DELETE FROM flyway_schema_history; INSERT INTO flyway_schema_history VALUES"
      " (1, '1.10', '<< Flyway Baseline >>', 'BASELINE', '<< Flyway Baseline >>', NULL, 'x', now(), 0, true),"
      " (2, '3', 'd', 'SQL', 'V3__d.sql', 0, 'x', now(), 1, true),"
      " (3, '3', 'd', 'UNDO_SQL', 'U3__d.sql', 0, 'x', now(), 1, true)");
  const auto applied = scene.migrate({"adopt", "--apply"});
  CHECK_MESSAGE(applied.exit_code == 0, said(applied));
  CHECK(scene.history() == "V1.2__a V1_10__b");
}

TEST_CASE("a migration that drizzle passed over is not taken for applied, and runs") {
  const Scene scene;
  const auto& drizzle = adopt_case("drizzle");
  set_up(scene, drizzle);
  for (const auto& [name, text] : drizzle.next) scene.file(name, text);
  scene.rows("UPDATE drizzle.__drizzle_migrations SET created_at = 1700000000000");
  const auto applied = scene.migrate({"adopt", "--apply"});
  CHECK_MESSAGE(applied.exit_code == 0, said(applied));
  CHECK(contains(applied.out, "pending   0001_c"));
  CHECK(scene.migrate().exit_code == 0);
  CHECK(scene.has_table("c"));
}

}  // namespace adopt_test
