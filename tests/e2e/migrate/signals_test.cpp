// SIGTERM and SIGINT in the middle of a statement.
#include <doctest/doctest.h>

#include <csignal>

#include "tests/e2e/migrate/fixture.hpp"

namespace signals_test {

using namespace bigocean::test;

namespace {

/// No session of a migrate is left on the server; a statement that goes on would be one.
void check_nothing_runs(const Scene& scene) {
  CHECK(scene.rows("SELECT state, query " + kRunner + " AND state <> 'idle'").empty());
  scene.wait_for("NOT EXISTS (SELECT " + kRunner + ")");
  CHECK(scene.value(kLocksHeld) == "0");
}

}  // namespace

TEST_CASE("a signal cancels on the server, rolls back, and ends with its own exit code") {
  for (const auto& [number, exit_code] : {std::pair{SIGTERM, 143}, std::pair{SIGINT, 130}}) {
    const Scene scene;
    scene.rows("CREATE TABLE slow AS SELECT 1");
    scene.file("1_before.sql", "CREATE TABLE before ();");
    scene.file("2_slow.sql", "CREATE TABLE half ();\n" + kSleepWhileSlow);
    auto runner = scene.start();
    scene.wait_for_sleep();
    runner.signal(number);
    const auto done = runner.wait();
    CHECK_MESSAGE(done.exit_code == exit_code, said(done));
    CHECK(contains(done.out, "stopped: 1 of 2 done: 1_before"));
    check_nothing_runs(scene);
    CHECK_FALSE(scene.has_table("half"));
    CHECK(scene.history() == "1_before");
    scene.rows("DELETE FROM slow");
    CHECK(scene.migrate().exit_code == 0);
    CHECK(scene.history() == "1_before 2_slow");
  }
}

TEST_CASE("a signal while rows wait to be sent, the server taking no more of them") {
  const Scene scene;
  scene.rows(
      "CREATE TABLE rows (n int, v text); CREATE FUNCTION nap() RETURNS trigger LANGUAGE plpgsql AS"
      " $$ BEGIN PERFORM pg_sleep(600); RETURN NEW; END $$;"
      "CREATE TRIGGER nap BEFORE INSERT ON rows FOR EACH ROW WHEN (NEW.n = 1) EXECUTE FUNCTION nap()");
  std::string text;
  for (int i = 1; i <= 400; ++i) {
    text += "INSERT INTO rows VALUES (" + std::to_string(i) + ", '" + std::string(20'000, 'x') + "');\n";
  }
  scene.file("1_rows.sql", text);
  auto runner = scene.start();
  scene.wait_for_sleep();
  runner.signal(SIGTERM);
  const auto done = runner.wait();
  CHECK_MESSAGE(done.exit_code == 143, said(done));
  check_nothing_runs(scene);
  CHECK(scene.value("SELECT count(*) FROM rows") == "0");
  scene.rows("DROP TRIGGER nap ON rows");
  CHECK(scene.migrate().exit_code == 0);
  CHECK(scene.value("SELECT count(*) FROM rows") == "400");
}

TEST_CASE("a second and a third signal do no harm") {
  const Scene scene;
  scene.rows("CREATE TABLE slow AS SELECT 1");
  scene.file("1_slow.sql", "CREATE TABLE half ();\n" + kSleepWhileSlow);
  auto runner = scene.start();
  scene.wait_for_sleep();
  // All of one kind: of several that are pending the kernel delivers the lowest number first.
  for (int i = 0; i < 3; ++i) runner.signal(SIGTERM);
  const auto done = runner.wait();
  CHECK_MESSAGE(done.exit_code == 143, said(done));
  check_nothing_runs(scene);
  CHECK_FALSE(scene.has_table("half"));
  CHECK(scene.history().empty());
}

TEST_CASE("statement by statement, a rerun goes on where the signal came, and runs nothing twice") {
  const Scene scene;
  scene.rows("CREATE TABLE slow AS SELECT 1; CREATE TABLE seen (n int)");
  scene.file("1_steps.sql", "-- migrate:up transaction:false\nINSERT INTO seen VALUES (1);\n" +
                                kSleepWhileSlow + "INSERT INTO seen VALUES (2);\n");
  auto runner = scene.start();
  scene.wait_for_sleep();
  runner.signal(SIGTERM);
  const auto stopped = runner.wait();
  CHECK_MESSAGE(stopped.exit_code == 143, said(stopped));
  check_nothing_runs(scene);
  CHECK(contains(scene.migrate({"status"}).out, "half applied  1_steps"));
  scene.rows("DELETE FROM slow");
  const auto rerun = scene.migrate();
  CHECK_MESSAGE(rerun.exit_code == 0, said(rerun));
  CHECK(contains(rerun.out, "goes on after statement 1 of 3"));
  CHECK(scene.value("SELECT string_agg(n::text, ' ' ORDER BY n) FROM seen") == "1 2");
  CHECK(scene.value("SELECT state FROM bigocean.migrations") == "applied");
  CHECK(scene.value("SELECT count(*) FROM bigocean.migration_steps") == "0");
}

TEST_CASE("a signal while an index is built concurrently, while waiting for the lock, for the server") {
  const Scene scene;
  scene.rows("CREATE TABLE t (n int)");
  scene.file("1_index.sql", "CREATE INDEX CONCURRENTLY t_n ON t (n);");
  Session writer(scene.url);
  writer.run("BEGIN; INSERT INTO t VALUES (1)");
  auto builder = scene.start();
  scene.wait_for("EXISTS (SELECT " + kRunner +
                 " AND query LIKE '%CONCURRENTLY%' AND wait_event_type = 'Lock')");
  auto waiter = scene.start();
  REQUIRE(waiter.wait_for_output("waiting for another migrate", std::chrono::seconds(30)));
  waiter.signal(SIGTERM);
  CHECK(waiter.wait().exit_code == 143);
  builder.signal(SIGINT);
  const auto stopped = builder.wait();
  CHECK_MESSAGE(stopped.exit_code == 130, said(stopped));
  check_nothing_runs(scene);
  writer.run("COMMIT");
  const auto rerun = scene.migrate();
  CHECK_MESSAGE(rerun.exit_code == 0, said(rerun));
  CHECK(scene.value("SELECT indisvalid FROM pg_index WHERE indexrelid = 't_n'::regclass") == "t");
  CHECK(scene.value("SELECT count(*) FROM pg_index WHERE NOT indisvalid") == "0");

  Scene nowhere;
  nowhere.environment["DATABASE_URL"] = "postgresql://app@127.0.0.1:" + std::to_string(free_port()) + "/app";
  nowhere.file("1_t.sql", "SELECT 1;");
  auto lonely = nowhere.start({"--wait", "60s"});
  REQUIRE(lonely.wait_for_output("waiting for the database", std::chrono::seconds(30)));
  lonely.signal(SIGTERM);
  CHECK(lonely.wait().exit_code == 143);
}

}  // namespace signals_test
