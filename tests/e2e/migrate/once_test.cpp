// A statement that may have committed is never tried again, the limits hold everywhere, and the lock is
// proven.
#include <doctest/doctest.h>

#include <thread>

#include "tests/e2e/migrate/fixture.hpp"

namespace once_test {

using namespace bigocean::test;

namespace {

const std::string kOutside = "-- migrate:up transaction:false\n";

std::string count(const Scene& scene) { return scene.value("SELECT n FROM counter"); }

struct CountingScene : Scene {
  CountingScene() {
    rows("CREATE TABLE counter (n int); INSERT INTO counter VALUES (0); CREATE TABLE busy (n int)");
  }
};

}  // namespace

TEST_CASE(
    "a procedure or block that commits and then meets a lock is not tried again: exit 6 and two commands") {
  const CountingScene scene;
  scene.rows(
      "CREATE PROCEDURE half() LANGUAGE plpgsql AS $$ BEGIN UPDATE counter SET n = n + 1; COMMIT; LOCK TABLE "
      "busy;"
      " UPDATE counter SET n = n + 100; END $$");
  std::string statement;
  SUBCASE("CALL") { statement = "CALL half();\n"; }
  SUBCASE("DO") {
    statement =
        "DO $$ BEGIN UPDATE counter SET n = n + 1; COMMIT; LOCK TABLE busy; UPDATE counter SET n = n + 100; "
        "END $$;\n";
  }
  SUBCASE("CALL in a DO") { statement = "DO $$ BEGIN CALL half(); END $$;\n"; }
  scene.file("1_half.sql", kOutside + statement);
  Session idle(scene.url);
  idle.run("BEGIN; LOCK TABLE busy IN ACCESS SHARE MODE");
  const auto first = scene.migrate({"--lock-timeout", "100ms", "--deadline", "30s"});
  CHECK_MESSAGE(first.exit_code == 6, said(first));
  CHECK(contains(first.err, "SQLSTATE 55P03"));
  CHECK(contains(first.err, "it is unknown how much of it was done, and it is not tried again"));
  CHECK(contains(first.err, "bigocean migrate resolve 1_half --done"));
  CHECK(contains(first.err, "bigocean migrate resolve 1_half --again"));
  CHECK_FALSE(contains(first.out, "retry "));
  CHECK(count(scene) == "1");
  idle.run("COMMIT");
  CHECK(scene.migrate().exit_code == 6);
  CHECK(count(scene) == "1");
  CHECK(scene.migrate({"resolve", "1_half", "--done"}).exit_code == 0);
  CHECK(scene.migrate().exit_code == 0);
  CHECK(count(scene) == "1");
}

TEST_CASE("a statement that was refused before it ran is no statement in doubt") {
  const CountingScene scene;
  scene.file("1_call.sql", kOutside + "UPDATE counter SET n = n + 1;\nCALL there_is_none();\n");
  const auto failed = scene.migrate();
  CHECK_MESSAGE(failed.exit_code == 5, said(failed));
  scene.rows("CREATE PROCEDURE there_is_none() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$");
  const auto rerun = scene.migrate();
  CHECK_MESSAGE(rerun.exit_code == 0, said(rerun));
  CHECK(count(scene) == "1");
}

TEST_CASE(
    "the time-outs hold inside a transaction that the file begins itself, and it is tried again as a whole") {
  const CountingScene scene;
  scene.file(
      "1_own.sql",
      kOutside + "BEGIN;\nUPDATE counter SET n = n + 1;\nALTER TABLE busy ADD COLUMN x int;\nCOMMIT;\n");
  Session idle(scene.url);
  idle.run("BEGIN; LOCK TABLE busy IN ACCESS SHARE MODE");
  SUBCASE("to the deadline") {
    const auto done = scene.migrate({"--lock-timeout", "100ms", "--deadline", "800ms"});
    CHECK_MESSAGE(done.exit_code == 9, said(done));
    CHECK(contains(done.err, "1_own.sql:4:1: "));
    CHECK(contains(done.err, "lock_timeout of 100ms (migrate.lock_timeout)"));
    CHECK(contains(done.err, "tries; what was tried is rolled back"));
    CHECK(count(scene) == "0");
    idle.run("COMMIT");
    CHECK(scene.migrate().exit_code == 0);
  }
  SUBCASE("until the table is free") {
    auto runner = scene.start({"--lock-timeout", "100ms"});
    REQUIRE(runner.wait_for_output("retry ", std::chrono::seconds(30)));
    idle.run("COMMIT");
    const auto done = runner.wait();
    CHECK_MESSAGE(done.exit_code == 0, said(done));
  }
  SUBCASE("a limit of the file's own is the file's") {
    scene.file("1_own.sql", kOutside +
                                "BEGIN;\nSET LOCAL lock_timeout = '50ms';\nUPDATE counter SET n = n + 1;\n"
                                "ALTER TABLE busy ADD COLUMN x int;\nCOMMIT;\n");
    const auto done = scene.migrate({"--lock-timeout", "10s", "--deadline", "500ms"});
    CHECK_MESSAGE(done.exit_code == 9, said(done));
    CHECK(contains(done.err, "lock_timeout, set by the file itself"));
    idle.run("COMMIT");
    CHECK(scene.migrate().exit_code == 0);
  }
  CHECK(count(scene) == "1");
}

TEST_CASE("a statement that cannot be in a transaction does not end the file's own one") {
  const CountingScene scene;
  scene.file(
      "1_own.sql",
      kOutside +
          "BEGIN;\nUPDATE counter SET n = n + 1;\nCREATE INDEX CONCURRENTLY i ON busy (n);\nCOMMIT;\n");
  const auto done = scene.migrate({"--allow-unsafe"});
  CHECK_MESSAGE(done.exit_code == 5, said(done));
  CHECK(contains(done.err, "1_own.sql:4:1: CREATE INDEX CONCURRENTLY cannot run inside a transaction block"));
  CHECK(count(scene) == "0");
  scene.file("1_own.sql", kOutside + "BEGIN;\nUPDATE counter SET n = n + 1;\n");
  const auto open = scene.migrate();
  CHECK_MESSAGE(open.exit_code == 2, said(open));
  CHECK(contains(open.err, "nothing ends the transaction that begins here"));
  CHECK(count(scene) == "0");
}

TEST_CASE("only waiting counts against the deadline, and one try is one try") {
  const CountingScene scene;
  scene.rows("CREATE TABLE other (n int)");
  // Works longer than the deadline, twice: before its lock is refused, and before it has it.
  scene.file("1_works.sql", "SELECT pg_sleep(3.2);\nALTER TABLE busy ADD COLUMN x int;\n");
  scene.file("2_after.sql", "ALTER TABLE other ADD COLUMN x int;\n");
  Session first(scene.url);
  first.run("BEGIN; LOCK TABLE busy IN ACCESS SHARE MODE");
  auto runner = scene.start({"--lock-timeout", "50ms", "--deadline", "3s"});
  REQUIRE(runner.wait_for_output("retry ", std::chrono::seconds(30)));
  first.run("COMMIT");
  const auto done = runner.wait();
  CHECK_MESSAGE(done.exit_code == 0, said(done));

  scene.file("3_once.sql", "-- migrate:up retry=0\nALTER TABLE busy ADD COLUMN y int;\n");
  first.run("BEGIN; LOCK TABLE busy IN ACCESS SHARE MODE");
  const auto once = scene.migrate({"--lock-timeout", "50ms"});
  CHECK_MESSAGE(once.exit_code == 9, said(once));
  CHECK(contains(once.err, "gave up after 1 try;"));
}

TEST_CASE(
    "a file that gives the migration lock away is refused by lint, and at run time nothing runs twice") {
  const CountingScene scene;
  std::string gives;
  SUBCASE("DISCARD ALL") { gives = "DISCARD ALL;\n"; }
  SUBCASE("pg_advisory_unlock_all") { gives = "SELECT pg_advisory_unlock_all();\n"; }
  SUBCASE("in a block") { gives = "DO $$ BEGIN PERFORM pg_advisory_unlock_all(); END $$;\n"; }
  scene.file("1_gives.sql", kOutside + "UPDATE counter SET n = n + 1;\n" + gives +
                                "SELECT pg_sleep(0.3);\nUPDATE counter SET n = n + 10;\n");
  scene.file("2_after.sql", "UPDATE counter SET n = n + 100;\n");
  const auto refused = scene.migrate();
  CHECK_MESSAGE(refused.exit_code == 8, said(refused));
  CHECK(contains(refused.err + refused.out, "gives-lock-away"));
  CHECK(count(scene) == "0");
  std::vector<Process> runners;
  for (int i = 0; i < 4; ++i) runners.push_back(scene.start({"--allow-unsafe"}));
  for (auto& runner : runners) {
    const auto done = runner.wait();
    CHECK_MESSAGE((done.exit_code == 0 || done.exit_code == 4), said(done));
  }
  CHECK(scene.migrate({"--allow-unsafe"}).exit_code == 0);
  CHECK(count(scene) == "111");
  CHECK(scene.history() == "1_gives 2_after");
}

TEST_CASE("a commit that waits for a standby which is away is said within seconds, with what to do") {
  PostgresOptions options;
  options.settings = {{"synchronous_commit", "on"}};
  PrivatePostgres postgres(options);
  const Scene scene(postgres);
  scene.file("1_a.sql", "CREATE TABLE a (n int);");
  query(postgres.url(), "ALTER SYSTEM SET synchronous_standby_names = 'away'");
  query(postgres.url(), "SELECT pg_reload_conf()");
  scene.wait_for("current_setting('synchronous_standby_names') = 'away'");
  auto runner = scene.start();
  REQUIRE(runner.wait_for_output("waits for a synchronous standby", std::chrono::seconds(30)));
  REQUIRE(runner.wait_for_output("synchronous_standby_names = 'away'", std::chrono::seconds(30)));
  // As it says.
  Session session(postgres.url());
  session.run("SET synchronous_commit = off");
  session.run("ALTER SYSTEM SET synchronous_standby_names = ''");
  session.run("SELECT pg_reload_conf()");
  const auto done = runner.wait();
  CHECK_MESSAGE(done.exit_code == 0, said(done));
}

TEST_CASE("the first error is told, also when clearing up after it fails") {
  const CountingScene scene;
  scene.file("1_gone.sql", kOutside + "SELECT pg_terminate_backend(pg_backend_pid());\n");
  const auto gone = scene.migrate();
  CHECK_MESSAGE(gone.exit_code == 7, said(gone));
  CHECK(contains(gone.err, "57P01"));
  scene.file("1_gone.sql", kOutside + "UPDATE counter SET nothing = 1;\n");
  // The session ends between the error and the clearing up: an event trigger's place is too late, so the
  // role's limit.
  const auto failed = scene.migrate();
  CHECK_MESSAGE(failed.exit_code == 5, said(failed));
  CHECK(contains(failed.err, "42703"));
}

TEST_CASE("a time-out says which one it was and where it was set; a cancel by somebody is told apart") {
  const CountingScene scene;
  SUBCASE("statement_timeout by the setting") {
    scene.file("1_slow.sql", "SELECT pg_sleep(60);");
    const auto done = scene.migrate({"--statement-timeout", "50ms"});
    CHECK_MESSAGE(done.exit_code == 5, said(done));
    CHECK(
        contains(done.err, "it ran as long as statement_timeout of 50ms (migrate.statement_timeout) allows"));
    // As the hint says.
    CHECK(contains(done.err, "`-- bigocean: statement-timeout=2h`"));
    scene.file("1_slow.sql", "-- bigocean: statement-timeout=2h\nSELECT pg_sleep(0.2);");
    CHECK(scene.migrate({"--statement-timeout", "50ms"}).exit_code == 0);
  }
  SUBCASE("by the file's option") {
    scene.file("1_slow.sql", "-- bigocean: statement-timeout=50ms\nSELECT pg_sleep(60);");
    CHECK(contains(scene.migrate().err, "statement_timeout of 50ms (statement-timeout= in the file)"));
  }
  SUBCASE("by the file's SET") {
    scene.file("1_slow.sql", "SET statement_timeout = '50ms';\nSELECT pg_sleep(60);");
    CHECK(contains(scene.migrate().err, "statement_timeout, set by the file itself"));
  }
  SUBCASE("cancelled") {
    scene.rows("CREATE TABLE slow AS SELECT 1");
    scene.file("1_slow.sql", kSleepWhileSlow);
    auto runner = scene.start();
    scene.wait_for_sleep();
    scene.rows("SELECT pg_cancel_backend(pid) " + kRunner);
    const auto done = runner.wait();
    CHECK_MESSAGE(done.exit_code == 5, said(done));
    CHECK(contains(done.err, "another session cancelled it (pg_cancel_backend)"));
  }
}

}  // namespace once_test
