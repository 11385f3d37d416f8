// Common problems of migration tools: what people see and decide.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/migrate/fixture.hpp"

namespace common_people_test {

using namespace bigocean::test;

TEST_CASE("a file that comes late after a merge is applied, and that is said") {
  const Scene scene;
  scene.file("1_a.sql", "CREATE TABLE a (n int);");
  scene.file("3_c.sql", "CREATE TABLE c (n int);");
  REQUIRE(scene.migrate().exit_code == 0);
  scene.file("2_b.sql", "CREATE TABLE b (n int);");
  scene.file("3_same_number.sql", "CREATE TABLE d (n int);");
  const auto late = scene.migrate();
  CHECK_MESSAGE(late.exit_code == 0, said(late));
  CHECK(contains(late.out, "2_b is older than the newest applied migration"));
  CHECK(scene.history() == "1_a 3_c 2_b 3_same_number");
}

TEST_CASE("a failure ends with its exit code, SQLSTATE, detail, constraint, place and caret") {
  const Scene scene;
  scene.file("1_t.sql", "CREATE TABLE t (n int CONSTRAINT positive CHECK (n > 0));");
  scene.file("2_bad.sql", "-- why\nINSERT INTO t\n  SELECT nn FROM t;\n");
  const auto typo = scene.migrate();
  CHECK(typo.exit_code == 5);
  CHECK_MESSAGE(contains(typo.err, "2_bad.sql:3:10: column \"nn\" does not exist (SQLSTATE 42703)"),
                said(typo));
  CHECK(contains(typo.err, "  3 |   SELECT nn FROM t;\n"));
  CHECK(contains(typo.err, "    |          ^\n"));
  CHECK(contains(typo.out, "stopped: 1 of 2 done: 1_t"));
  scene.file("2_bad.sql", "INSERT INTO t VALUES (1);\nINSERT INTO t VALUES (0);\n");
  const auto check = scene.migrate();
  CHECK(check.exit_code == 5);
  CHECK_MESSAGE(contains(check.err, "2_bad.sql:2:1: "), said(check));
  CHECK(contains(check.err, "SQLSTATE 23514"));
  CHECK(contains(check.err, "detail: Failing row contains (0)."));
  CHECK(contains(check.err, "constraint: positive"));
}

TEST_CASE("without a terminal there are plain lines and never a prompt") {
  Scene scene;
  scene.file("1_t.sql", "-- migrate:up\nCREATE TABLE t (n int);\n-- migrate:down\nDROP TABLE t;\n");
  const auto up = scene.migrate();
  CHECK(up.exit_code == 0);
  CHECK(up.out.find_first_of("\r\x1b") == std::string::npos);
  const auto down = scene.migrate({"down"});
  CHECK_MESSAGE(down.exit_code == 2, said(down));
  CHECK(contains(down.err, "--yes"));
  CHECK(scene.has_table("t"));
  CHECK((up.out + up.err + down.out + down.err).find("[y/N]") == std::string::npos);

  // On a terminal both are there: the checks above can fail.
  ProcessOptions options;
  options.environment = {{"DATABASE_URL", scene.url}, {"TERM", "xterm"}};
  options.working_directory = scene.folder();
  const std::string command = std::string(BIGOCEAN_BINARY) + " migrate down --dir " + scene.folder();
  const auto terminal = run({"bash", "-c", "echo n | script -qec '" + command + "' /dev/null"}, options,
                            std::chrono::seconds(60));
  CHECK_MESSAGE(contains(terminal.out, "[y/N]"), said(terminal));
  CHECK(scene.has_table("t"));
}

TEST_CASE("an edited file is accepted one by one, with reason, author and time") {
  const Scene scene;
  scene.file("1_a.sql", "CREATE TABLE a (n int);\n");
  scene.file("2_b.sql", "CREATE TABLE b (n int);\n");
  REQUIRE(scene.migrate().exit_code == 0);
  scene.file("1_a.sql", "CREATE TABLE a (n int);  -- comment\n");
  scene.file("2_b.sql", "CREATE TABLE b (n bigint);\n");
  const auto blessed = scene.migrate({"bless", "1_a", "--reason", "a comment's only"});
  CHECK_MESSAGE(blessed.exit_code == 0, said(blessed));
  const auto up = scene.migrate();
  CHECK(up.exit_code == 6);
  CHECK_FALSE(contains(up.err, "1_a.sql"));
  CHECK(contains(up.err, "2_b.sql was edited"));
  CHECK(contains(up.err, "-CREATE TABLE b (n int);"));
  CHECK(contains(up.err, "+CREATE TABLE b (n bigint);"));
  CHECK(scene.rows(
            "SELECT name, action, reason, who, at > now() - interval '1 hour',"
            " checksum_before <> checksum_after FROM bigocean.migration_events WHERE action <> 'started'") ==
        Rows{{"1_a", "bless", "a comment's only", "postgres", "t", "t"}});
}

TEST_CASE("an old image on a newer database starts, with a warning") {
  const Scene scene;
  scene.file("1_a.sql", "CREATE TABLE a (n int);");
  scene.file("2_b.sql", "CREATE TABLE b (n int);");
  REQUIRE(scene.migrate().exit_code == 0);
  scene.remove("2_b.sql");
  const auto old = scene.migrate();
  CHECK_MESSAGE(old.exit_code == 0, said(old));
  CHECK(contains(old.out, "the database is ahead: 1 applied migration is not among the files here: 2_b"));
  const auto strict = scene.migrate({"--no-ahead"});
  CHECK(strict.exit_code == 6);
  CHECK(contains(strict.err, "2_b"));
}

TEST_CASE("a dry run shows and does nothing, a baseline records and runs nothing") {
  const Scene scene;
  scene.rows("CREATE TABLE a (n int)");
  scene.file("1_a.sql", "CREATE TABLE a (n int);");
  scene.file("2_b.sql", "CREATE TABLE b (n int);");
  const auto dry = scene.migrate({"--dry-run"});
  CHECK_MESSAGE(dry.exit_code == 0, said(dry));
  CHECK(contains(dry.out, "1_a"));
  CHECK(contains(dry.out, "2 pending"));
  CHECK(scene.migrate({"plan"}).out == dry.out);
  CHECK(scene.value("SELECT to_regnamespace('bigocean') IS NULL") == "t");

  const auto baseline = scene.migrate({"baseline", "1"});
  CHECK_MESSAGE(baseline.exit_code == 0, said(baseline));
  CHECK(scene.history() == "1_a");
  CHECK(scene.value("SELECT how FROM bigocean.migrations") == "baseline");
  const auto up = scene.migrate();
  CHECK_MESSAGE(up.exit_code == 0, said(up));
  CHECK(scene.history() == "1_a 2_b");
}

TEST_CASE("no output has the password") {
  const std::string secret = "hunter2%21word";
  PostgresOptions options;
  options.hba = "local all all trust\nhost all all all scram-sha-256\n";
  PrivatePostgres postgres(options);
  query(postgres.url(), "CREATE ROLE app LOGIN SUPERUSER PASSWORD 'right one'");
  Scene scene(postgres);
  scene.file("1_bad.sql", "SELECT 1/0;");
  scene.environment["BIGOCEAN_DATABASE_CONNECT_TIMEOUT"] =
      "30s";  // a busy machine is not what is asked about
  const auto check = [&](const std::string& url, int exit_code) {
    scene.environment["DATABASE_URL"] = url;
    for (const Arguments& more :
         {Arguments{"--verbose"}, Arguments{"--json"}, Arguments{"--log-level", "debug"}}) {
      const auto done = scene.migrate(more);
      CHECK_MESSAGE(done.exit_code == exit_code, said(done));
      for (const std::string part : {"hunter2", "right"}) {
        CHECK_MESSAGE(!contains(done.out + done.err, ":" + part), said(done));
        CHECK_MESSAGE(!contains(done.out + done.err, part + "@"), said(done));
      }
      CHECK_FALSE(contains(done.out + done.err, "hunter2"));
    }
  };
  check(postgres.tcp_url("postgres", "app", secret), 7);
  check("postgresql://app:" + secret + "@127.0.0.1:1/app", 7);
  check("postgresql://app:" + secret + "@[::1/app", 2);
  check("host=127.0.0.1 port=1 user=app password=" + secret, 7);
  check(postgres.tcp_url("postgres", "app", "right one"), 5);
}

}  // namespace common_people_test
