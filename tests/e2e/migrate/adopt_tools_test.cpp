// adopt after the tools themselves: dbmate, drizzle-kit and node-pg-migrate run, then bigocean continues.
#include <doctest/doctest.h>

#include <filesystem>

#include "tests/e2e/migrate/adopt_case.hpp"
#include "tests/e2e/migrate/tools.hpp"

namespace adopt_tools_test {

using namespace bigocean::test;

namespace {

/// bigocean takes over, and what is new in the folder runs, and nothing else.
void expect_takeover(const Scene& scene, const std::string& adopted, const std::string& name,
                     const std::string& text) {
  const auto done = scene.migrate({"adopt", "--apply"});
  CHECK_MESSAGE(done.exit_code == 0, said(done));
  CHECK(scene.history() == adopted);
  const auto made = scene.migrate({"new", name});
  CHECK_MESSAGE(made.exit_code == 0, said(made));
  const auto file = made.out.substr(scene.folder().size() + 1, made.out.size() - scene.folder().size() - 2);
  scene.file(file, text);
  const auto up = scene.migrate();
  CHECK_MESSAGE(up.exit_code == 0, said(up));
  CHECK(scene.history() == adopted + " " + file.substr(0, file.size() - 4));
  CHECK(scene.has_table("b"));
}

}  // namespace

TEST_CASE("adopt after dbmate itself, and back") {
  const Scene scene;
  scene.file("20260101000000_a.sql",
             "-- migrate:up\nCREATE TABLE a (n int);\n-- migrate:down\nDROP TABLE a;\n");
  const auto dbmate = [&](const std::string& command) {
    return run_tool(scene, "dbmate", {"--no-dump-schema", "--migrations-dir", scene.folder(), command},
                    scene.folder());
  };
  dbmate("migrate");
  REQUIRE(scene.has_table("a"));
  expect_takeover(scene, "20260101000000_a", "b", "-- migrate:up\nCREATE TABLE b (n int);\n");
  // Back: what bigocean applied goes into dbmate's table, and dbmate has nothing to do.
  scene.rows(
      "INSERT INTO schema_migrations SELECT substring(name FROM '^[0-9]+') FROM bigocean.migrations"
      " ON CONFLICT DO NOTHING");
  const auto status = dbmate("status");
  CHECK_MESSAGE(contains(status.out, "Pending: 0"), said(status));
}

TEST_CASE("adopt after node-pg-migrate itself, and back") {
  const Scene scene;
  scene.file("1700000000000_a.sql",
             "-- Up Migration\nCREATE TABLE a (n int);\n-- Down Migration\nDROP TABLE a;\n");
  const auto up = [&] {
    return run_tool(scene, "node-pg-migrate", {"up", "--migrations-dir", scene.folder()}, scene.folder());
  };
  up();
  REQUIRE(scene.has_table("a"));
  expect_takeover(scene, "1700000000000_a", "b", "-- Up Migration\nCREATE TABLE b (n int);\n");
  scene.rows(
      "INSERT INTO pgmigrations (name, run_on) SELECT name, now() FROM bigocean.migrations m"
      " WHERE NOT EXISTS (SELECT FROM pgmigrations p WHERE p.name = m.name) ORDER BY ordinal");
  const auto again = up();
  CHECK_MESSAGE(contains(again.out, "No migrations to run"), said(again));
}

TEST_CASE("adopt after drizzle-kit itself, which then goes on from a file that bigocean made") {
  const Scene scene;
  const TempDir project;
  const auto out = "../" + std::filesystem::path(scene.folder()).filename().string();
  project.write("drizzle.config.json", R"({"dialect": "postgresql", "out": ")" + out +
                                           R"(", "schema": "./schema.js", "dbCredentials": {"url": ")" +
                                           url_for_tools(scene) + R"("}})");
  project.write("schema.js", "export {};\n");
  const auto drizzle_kit = [&](const Arguments& arguments) {
    run_tool(scene, "drizzle-kit", arguments, project.path());
  };
  drizzle_kit({"generate", "--custom", "--name=a"});
  scene.file("0000_a.sql", "CREATE TABLE a (n int);\n--> statement-breakpoint\nCREATE INDEX ON a (n);\n");
  drizzle_kit({"migrate"});
  REQUIRE(scene.has_table("a"));
  expect_takeover(scene, "0000_a", "b", "CREATE TABLE b (n int);\n");
  drizzle_kit({"check"});
  drizzle_kit({"generate", "--custom", "--name=c"});
  scene.file("0002_c.sql", "CREATE TABLE c (n int);\n");
  const auto up = scene.migrate();
  CHECK_MESSAGE(up.exit_code == 0, said(up));
  CHECK(scene.history() == "0000_a 0001_b 0002_c");
}

TEST_CASE("adopt after drizzle 0.x's migrator, which passes over strays, and back") {
  const Scene scene;
  const auto journal = [&](const std::string& more) {
    scene.file("meta/_journal.json",
               R"({"version": "7", "dialect": "postgresql", "entries": [{"idx": 0, "version": "7", "when": )"
               R"(1700000000000, "tag": "0000_a", "breakpoints": true})" +
                   more + "]}");
  };
  journal("");
  scene.file("0000_a.sql", "CREATE TABLE a (n int);\n--> statement-breakpoint\nCREATE INDEX ON a (n);\n");
  scene.file("stray.sql", "SELECT 1 / 0;\n");
  const auto first = run_drizzle(scene, "drizzle-orm");
  REQUIRE_MESSAGE(first.exit_code == 0, said(first));
  const auto adopt = scene.migrate({"adopt", "--apply"});
  CHECK_MESSAGE(adopt.exit_code == 0, said(adopt));
  CHECK(scene.history() == "0000_a");
  journal(R"(, {"idx": 1, "version": "7", "when": 1700000000001, "tag": "0001_b", "breakpoints": true})");
  scene.file("0001_b.sql", "CREATE TABLE b (n int);\n");
  const auto up = scene.migrate();
  CHECK_MESSAGE(up.exit_code == 0, said(up));
  CHECK(contains(up.out, "skipped: stray.sql"));
  auto back = way_back("drizzle 0.x");
  back.replace(back.find("TAG"), 3, "0001_b");
  back.replace(back.find("WHEN"), 4, "1700000000001");
  scene.rows(back);
  const auto again = run_drizzle(scene, "drizzle-orm");
  CHECK_MESSAGE(again.exit_code == 0, said(again));
  CHECK(scene.value("SELECT count(*) FROM drizzle.__drizzle_migrations") == "2");
  const auto anew = scene.migrate({"adopt", "--schema", "anew"});
  CHECK_MESSAGE(anew.exit_code == 0, said(anew));
  CHECK(contains(anew.out, "dry run: 2 to record"));
}

TEST_CASE("adopt after drizzle 1.0's own migrator, and back: the tool has nothing to do") {
  const Scene scene;
  scene.file("20260101000000_a/migration.sql",
             "CREATE TABLE a (n int);\n--> statement-breakpoint\nSELECT 1;\n");
  scene.file("20260101000000_a/snapshot.json", "{}");
  const auto first = run_drizzle(scene, "drizzle-orm-1");
  REQUIRE_MESSAGE(first.exit_code == 0, said(first));
  const auto adopt = scene.migrate({"adopt", "--apply"});
  CHECK_MESSAGE(adopt.exit_code == 0, said(adopt));
  // Two folders of one second: their full names tell them apart.
  scene.file("20260102000000_b/migration.sql", "CREATE TABLE b (n int);\n");
  scene.file("20260102000000_c/migration.sql", "CREATE TABLE c (n int);\n");
  REQUIRE(scene.migrate().exit_code == 0);
  const std::string rows = "SELECT string_agg(name, ' ' ORDER BY id) FROM drizzle.__drizzle_migrations";
  for (int i = 0; i < 2; ++i) scene.rows(way_back("drizzle 1.0"));
  CHECK(scene.value(rows) == "20260101000000_a 20260102000000_b 20260102000000_c");
  const auto again = run_drizzle(scene, "drizzle-orm-1");
  CHECK_MESSAGE(again.exit_code == 0, said(again));
  scene.file("20260103000000_d/migration.sql", "CREATE TABLE d (n int);\n");
  const auto next = run_drizzle(scene, "drizzle-orm-1");
  CHECK_MESSAGE(next.exit_code == 0, said(next));
  CHECK(scene.has_table("d"));
}

TEST_CASE("adopt of a table of drizzle 0.x after the folder became one of 1.0, and back") {
  const Scene scene;
  // As drizzle-kit up makes it of a journal: the second of `when` in the name; two share one here.
  const std::string a = "CREATE TABLE a (n int);\n", b = "CREATE TABLE b (n int);\n";
  scene.file("20231114221320_a/migration.sql", a);
  scene.file("20231114221320_b/migration.sql", b);
  scene.file("20231114221321_c/migration.sql", "CREATE TABLE c (n int);\n");
  scene.file("20231114221321_c/snapshot.json", "{}");
  scene.rows(a + b +
             "CREATE SCHEMA drizzle; CREATE TABLE drizzle.__drizzle_migrations (id serial PRIMARY KEY,"
             " hash text NOT NULL, created_at bigint);"
             "INSERT INTO drizzle.__drizzle_migrations (hash, created_at) SELECT encode(sha256(convert_to("
             "t, 'UTF8')), 'hex'), w FROM (VALUES ($$" +
             a + "$$, 1700000000123), ($$" + b + "$$, 1700000000456)) AS v (t, w)");
  const auto adopt = scene.migrate({"adopt", "--apply"});
  CHECK_MESSAGE(adopt.exit_code == 0, said(adopt));
  CHECK(scene.history() == "20231114221320_a 20231114221320_b");
  REQUIRE(scene.migrate().exit_code == 0);
  for (int i = 0; i < 2; ++i) scene.rows(way_back("drizzle 1.0", 1));
  CHECK(scene.value("SELECT count(*) FROM drizzle.__drizzle_migrations") == "3");
  const auto again = run_drizzle(scene, "drizzle-orm-1");
  CHECK_MESSAGE(again.exit_code == 0, said(again));
  CHECK(scene.value("SELECT string_agg(name, ' ' ORDER BY id) FROM drizzle.__drizzle_migrations") ==
        "20231114221320_a 20231114221320_b 20231114221321_c");
}

}  // namespace adopt_tools_test
