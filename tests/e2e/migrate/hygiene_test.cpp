// The settings of a file reach neither the next file nor the history; the server's messages are shown.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/e2e/migrate/fixture.hpp"

namespace hygiene_test {

using namespace bigocean::test;

namespace {

const std::string kState =
    "SELECT current_setting('search_path') AS path, current_user::text AS role, current_setting('work_mem') "
    "AS memory,"
    " current_setting('lock_timeout') AS lock, current_setting('application_name') AS application,"
    " (SELECT count(*) FROM pg_prepared_statements) AS prepared, to_regclass('pg_temp.left_over') IS NULL AS "
    "clean";

}  // namespace

TEST_CASE("settings, roles, prepared statements and temporary tables of a file do not leak into the next") {
  const Scene scene;
  scene.rows(
      "DO $$ BEGIN CREATE ROLE other_role; EXCEPTION WHEN duplicate_object THEN NULL; END $$;"
      "GRANT ALL ON SCHEMA public TO other_role");
  std::string mode;
  SUBCASE("in a transaction") { mode = "true"; }
  SUBCASE("statement by statement") { mode = "false"; }
  scene.file("1_before.sql", "CREATE TABLE public.before AS " + kState + ";");
  scene.file("2_dirty.sql",
             "-- migrate:up transaction:" + mode +
                 "\nCREATE TEMP TABLE left_over (n int);\nPREPARE p AS SELECT 1;\nSET work_mem = '1MB';\n"
                 "SET lock_timeout = '77s';\nSET application_name = 'somebody';\nSET ROLE other_role;\n"
                 "CREATE TABLE public.of_other (n int);\nSELECT set_config('search_path', '', false);\n");
  scene.file("3_after.sql", "CREATE TABLE public.after AS " + kState + ";");
  const auto done = scene.migrate();
  CHECK_MESSAGE(done.exit_code == 0, said(done));
  CHECK(scene.history() == "1_before 2_dirty 3_after");
  CHECK(scene.rows("SELECT * FROM before") == scene.rows("SELECT * FROM after"));
  CHECK(scene.value("SELECT application FROM after").starts_with("bigocean-migrate/"));
  CHECK(scene.value("SELECT prepared FROM after") == "0");
  CHECK(scene.value("SELECT clean FROM after") == "t");
  // Within its own file the setting did hold.
  CHECK(scene.value("SELECT tableowner FROM pg_tables WHERE tablename = 'of_other'") == "other_role");
}

TEST_CASE("a file outside a transaction keeps its settings when it goes on in another session") {
  const Scene scene;
  scene.rows("CREATE SCHEMA there; CREATE TABLE slow AS SELECT 1");
  scene.file(
      "1_steps.sql",
      "-- migrate:up transaction:false\nSET search_path = there, public;\n"
      "CREATE TABLE first (n int);\nSELECT 1/(1 - count(*)) FROM slow;\nCREATE TABLE second (n int);\n");
  CHECK(scene.migrate().exit_code == 5);
  scene.rows("DELETE FROM slow");
  const auto done = scene.migrate();
  CHECK_MESSAGE(done.exit_code == 0, said(done));
  CHECK(scene.has_table("there.first"));
  CHECK(scene.has_table("there.second"));
}

TEST_CASE("notices are shown, with --quiet only warnings, retries and errors") {
  const Scene scene;
  scene.file("1_say.sql", "DO $$ BEGIN RAISE NOTICE 'look here'; RAISE WARNING 'and here'; END $$;");
  SUBCASE("as usual") {
    const auto done = scene.migrate();
    CHECK(contains(done.out, "server    NOTICE: look here"));
    CHECK(contains(done.out, "server    WARNING: and here"));
    CHECK(contains(done.out, "applied   1_say"));
  }
  SUBCASE("--quiet") {
    const auto done = scene.migrate({"--quiet"});
    CHECK_MESSAGE(done.exit_code == 0, said(done));
    CHECK_FALSE(contains(done.out, "look here"));
    CHECK_FALSE(contains(done.out, "applied"));
  }
  SUBCASE("--verbose") {
    const auto done = scene.migrate({"--verbose"});
    CHECK(contains(done.out, "running   1_say (1 of 1)"));
  }
}

TEST_CASE("on the platform, or with --log-format json, every line is a record, the error too") {
  Scene scene;
  scene.file("1_a.sql", "CREATE TABLE a (n int);");
  scene.file("2_bad.sql", "SELECT 1/0;");
  Arguments arguments;
  SUBCASE("--log-format json") { arguments = {"--log-format", "json"}; }
  SUBCASE("platform") { scene.environment["RAILWAY_ENVIRONMENT_NAME"] = "production"; }
  const auto done = scene.migrate(arguments);
  CHECK_MESSAGE(done.exit_code == 5, said(done));
  std::istringstream lines(done.out);
  std::size_t errors = 0, applied = 0;
  for (std::string line; std::getline(lines, line);) {
    const auto record = nlohmann::json::parse(line);
    CHECK(record.at("message").is_string());
    if (record.at("level") == "error") {
      ++errors;
      CHECK(record.at("sqlstate") == "22012");
      CHECK(record.at("exit_code") == 5);
      CHECK(record.at("line") == 1);
    }
    if (contains(record.at("message"), "applied ")) {
      ++applied;
      CHECK(record.at("migration") == "1_a");
    }
  }
  CHECK(errors == 1);
  CHECK(applied == 1);
  CHECK(done.err.empty());
}

TEST_CASE("a role without the right to make the history's schema is told which GRANT it needs") {
  Scene scene;
  scene.rows("DO $$ BEGIN CREATE ROLE plain LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
  scene.environment["DATABASE_URL"] =
      shared_postgres().url(scene.value("SELECT current_database()"), "plain");
  scene.file("1_a.sql", "CREATE TABLE a (n int);");
  const auto refused = scene.migrate();
  CHECK_MESSAGE(refused.exit_code == 5, said(refused));
  CHECK(contains(refused.err, "GRANT CREATE ON DATABASE"));
  CHECK(contains(refused.err, "--schema"));
  scene.rows("CREATE SCHEMA mine AUTHORIZATION plain; GRANT CREATE ON SCHEMA public TO plain");
  const auto own = scene.migrate({"--schema", "mine"});
  CHECK_MESSAGE(own.exit_code == 0, said(own));
  CHECK(scene.value("SELECT name FROM mine.migrations") == "1_a");
}

TEST_CASE("a schema's name may have capitals, and be a word of SQL") {
  const Scene scene;
  scene.file("1_a.sql", "CREATE TABLE a (n int);");
  for (const std::string schema : {"Mixed_1", "select"}) {
    const auto done = scene.migrate({"--schema", schema});
    CHECK_MESSAGE(done.exit_code == 0, said(done));
    CHECK(scene.value("SELECT name FROM \"" + schema + "\".migrations") == "1_a");
    CHECK(contains(scene.migrate({"--schema", schema}).out, "nothing to do: 1 applied"));
    scene.rows("DROP TABLE a");
  }
}

TEST_CASE("a read-only database is refused, but looked at") {
  const Scene scene;
  scene.file("1_a.sql", "CREATE TABLE a (n int);");
  scene.rows(
      "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', "
      "current_database()); END $$");
  CHECK(scene.migrate({"status"}).exit_code == 0);
  const auto refused = scene.migrate();
  CHECK_MESSAGE(refused.exit_code == 7, said(refused));
  CHECK(contains(refused.err, "accepts no writes"));
}

TEST_CASE("a file that was never filled in is applied with a warning; a block that commits gets its remedy") {
  const Scene scene;
  scene.file("1_empty.sql", "-- migrate:up\n\n-- migrate:down\n");
  const auto empty = scene.migrate();
  CHECK_MESSAGE(empty.exit_code == 0, said(empty));
  CHECK(contains(empty.out, "1_empty has no statement to run"));
  scene.file("2_commits.sql", "DO $$ BEGIN COMMIT; END $$;\n");
  const auto commits = scene.migrate();
  CHECK_MESSAGE(commits.exit_code == 5, said(commits));
  CHECK(contains(commits.err, "transaction:false"));
}

}  // namespace hygiene_test
