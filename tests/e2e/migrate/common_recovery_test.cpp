// Common problems of migration tools: failures, kills, and recovery.
#include <doctest/doctest.h>

#include <csignal>

#include "tests/e2e/migrate/fixture.hpp"

namespace common_recovery_test {

using namespace bigocean::test;

TEST_CASE("a failure that rolled back leaves no flag, a clean rerun just works") {
  const Scene scene;
  scene.file("1_good.sql", "CREATE TABLE good (n int);");
  scene.file("2_bad.sql", "CREATE TABLE half (n int);\nINSERT INTO missing VALUES (1);\n");
  const auto failed = scene.migrate();
  CHECK_MESSAGE(failed.exit_code == 5, said(failed));
  CHECK(scene.history() == "1_good");
  CHECK_FALSE(scene.has_table("half"));
  const auto status = scene.migrate({"status"});
  CHECK(contains(status.out, "1 applied, 1 pending, 0 edited or half applied"));

  scene.rows("CREATE TABLE missing (n int)");  // the world is fixed, not the file
  const auto rerun = scene.migrate();
  CHECK_MESSAGE(rerun.exit_code == 0, said(rerun));
  CHECK(scene.history() == "1_good 2_bad");
  CHECK(scene.value("SELECT count(*) FROM missing") == "1");
}

TEST_CASE("the lock dies with its killed session, and its holder is named until then") {
  const Scene scene;
  scene.rows("CREATE TABLE slow AS SELECT 1");
  scene.file("1_slow.sql", kSleepWhileSlow + "CREATE TABLE done ();");
  auto killed = scene.start();
  scene.wait_for_sleep();
  const auto pid = scene.value("SELECT pid " + kRunner);
  auto waiting = scene.start({"--deadline", "60s"});
  wait_until("the second to wait for the lock", std::chrono::seconds(30),
             [&] { return contains(waiting.out(), "which holds the lock"); });
  scene.rows("DELETE FROM slow");
  killed.signal(SIGKILL);
  killed.wait();
  // The orphaned statement still runs and holds the lock; the server notices within two seconds.
  const auto next = waiting.wait();
  CHECK_MESSAGE(next.exit_code == 0, said(next));
  CHECK_MESSAGE(contains(next.out, "which holds the lock: pid " + pid + " (bigocean-migrate/"), said(next));
  CHECK(scene.has_table("done"));
  CHECK(scene.history() == "1_slow");
}

TEST_CASE(
    "an enum value added in one file is used in the next; or in the same, which then leaves its "
    "transaction") {
  const Scene scene;
  scene.file("1_type.sql", "CREATE TYPE mood AS ENUM ('low');");
  scene.file("2_value.sql", "ALTER TYPE mood ADD VALUE 'high';");
  scene.file("3_use.sql", "CREATE TABLE moods AS SELECT 'high'::mood AS mood;");
  const auto done = scene.migrate();
  CHECK_MESSAGE(done.exit_code == 0, said(done));
  CHECK(scene.value("SELECT mood FROM moods") == "high");

  scene.file("4_both.sql", "ALTER TYPE mood ADD VALUE 'top';\nINSERT INTO moods VALUES ('top');\n");
  const auto rehearsed = scene.migrate({"plan", "--rehearse"});
  CHECK_MESSAGE(rehearsed.exit_code == 0, said(rehearsed));
  CHECK_MESSAGE(contains(rehearsed.out, "uses an enum value that was added in this rehearsal"),
                said(rehearsed));
  const auto both = scene.migrate();
  CHECK_MESSAGE(both.exit_code == 0, said(both));
  CHECK(contains(both.out, "statement by statement"));
  CHECK(scene.value("SELECT string_agg(mood::text, ' ' ORDER BY mood) FROM moods") == "high top");

  // Where the file insists on one transaction the error says what to do.
  scene.file("5_one.sql",
             "-- bigocean: transaction:true\nALTER TYPE mood ADD VALUE 'max';\nINSERT INTO moods VALUES "
             "('max');\n");
  const auto one = scene.migrate();
  CHECK_MESSAGE(one.exit_code == 5, said(one));
  CHECK(contains(one.err, "5_one.sql:3:"));
  CHECK(contains(one.err, "remove transaction:true"));
  CHECK(scene.value("SELECT count(*) FROM pg_enum WHERE enumlabel = 'max'") == "0");
}

TEST_CASE("CONCURRENTLY among other statements is noticed and leaves the transaction by itself") {
  const Scene scene;
  scene.file("1_mixed.sql",
             "CREATE TABLE t (n int);\nINSERT INTO t SELECT generate_series(1, 100);\n"
             "CREATE INDEX CONCURRENTLY t_n ON t (n);\nINSERT INTO t VALUES (101);\n"
             "DROP INDEX CONCURRENTLY t_n;\nCREATE UNIQUE INDEX CONCURRENTLY t_n2 ON t (n);");
  const auto done = scene.migrate();
  CHECK_MESSAGE(done.exit_code == 0, said(done));
  CHECK(contains(done.out, "outside a transaction"));
  CHECK(contains(done.out, "line 3: CREATE INDEX CONCURRENTLY"));
  CHECK(scene.value("SELECT count(*) FROM t") == "101");
  CHECK(scene.value("SELECT indisvalid FROM pg_index WHERE indexrelid = 't_n2'::regclass") == "t");
  CHECK_FALSE(scene.has_table("t_n"));
}

TEST_CASE("an INVALID index never counts as applied; one's own is dropped and rebuilt") {
  const std::string invalid = "SELECT count(*) FROM pg_index WHERE NOT indisvalid";
  const Scene scene;
  scene.file("1_table.sql", "CREATE TABLE t (n int); INSERT INTO t VALUES (1), (1);");
  scene.file("2_index.sql", "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS t_n ON t (n);");

  SUBCASE("the build fails") {
    const auto failed = scene.migrate();
    CHECK_MESSAGE(failed.exit_code == 5, said(failed));
    CHECK(contains(failed.err, "23505"));
    CHECK(scene.value(invalid) == "0");
    scene.rows("DELETE FROM t; INSERT INTO t VALUES (1)");
    const auto rerun = scene.migrate();
    CHECK_MESSAGE(rerun.exit_code == 0, said(rerun));
  }
  SUBCASE("the build is killed") {
    Session writer(scene.url);
    scene.rows("CREATE TABLE t (n int); INSERT INTO t VALUES (1)");
    scene.remove("1_table.sql");
    writer.run("BEGIN; INSERT INTO t VALUES (2)");
    auto killed = scene.start();
    scene.wait_for("EXISTS (SELECT " + kRunner +
                   " AND query LIKE '%CONCURRENTLY%' AND wait_event_type = 'Lock')");
    killed.signal(SIGKILL);
    killed.wait();
    scene.wait_for("NOT EXISTS (SELECT " + kRunner + ")");
    CHECK(scene.value(invalid) == "1");
    writer.run("COMMIT");
    const auto rerun = scene.migrate();
    CHECK_MESSAGE(rerun.exit_code == 0, said(rerun));
    CHECK_MESSAGE(contains(rerun.out, "dropped the half-built index"), said(rerun));
  }
  SUBCASE("somebody else left the carcass") {
    scene.rows("CREATE TABLE t (n int); INSERT INTO t VALUES (1), (1)");
    scene.remove("1_table.sql");
    CHECK_THROWS(scene.rows("CREATE UNIQUE INDEX CONCURRENTLY t_n ON t (n)"));
    scene.rows("DELETE FROM t");
    const auto refused = scene.migrate();
    CHECK_MESSAGE(refused.exit_code == 6, said(refused));
    CHECK(contains(refused.err, "INVALID"));
    CHECK(contains(refused.err, "DROP INDEX CONCURRENTLY t_n"));
    scene.rows("DROP INDEX CONCURRENTLY t_n");
    const auto rerun = scene.migrate();
    CHECK_MESSAGE(rerun.exit_code == 0, said(rerun));
  }
  CHECK(scene.value(invalid) == "0");
  CHECK(scene.value("SELECT indisvalid FROM pg_index WHERE indexrelid = 't_n'::regclass") == "t");
  CHECK(scene.value("SELECT string_agg(DISTINCT state, ' ') FROM bigocean.migrations") == "applied");
}

}  // namespace common_recovery_test
