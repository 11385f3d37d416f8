// Common problems of migration tools: what waits for what, and how long.
#include <doctest/doctest.h>

#include "tests/e2e/migrate/fixture.hpp"

namespace common_waiting_test {

using namespace bigocean::test;

TEST_CASE("who waits for the migration lock holds no snapshot and does not deadlock CONCURRENTLY") {
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
  scene.wait_for("EXISTS (SELECT " + kRunner +
                 " AND state = 'idle' AND backend_xmin IS NULL AND backend_xid IS NULL)");
  // The index build goes on to wait for snapshots that are older than it: the waiter must not have one.
  writer.run("COMMIT");
  const auto built = builder.wait();
  const auto waited = waiter.wait();
  CHECK_MESSAGE(built.exit_code == 0, said(built));
  CHECK_MESSAGE(waited.exit_code == 0, said(waited));
  CHECK(contains(waited.out, "nothing to do: 1 applied"));
  CHECK(scene.value("SELECT indisvalid FROM pg_index WHERE indexrelid = 't_n'::regclass") == "t");
}

TEST_CASE("the short lock time-out is not for CONCURRENTLY, nor for data changes") {
  const Scene scene;
  scene.rows("CREATE TABLE t (n int); INSERT INTO t VALUES (1)");
  Session writer(scene.url);
  writer.run("BEGIN; UPDATE t SET n = 2");
  std::string query;
  SUBCASE("CREATE INDEX CONCURRENTLY") { query = "CREATE INDEX CONCURRENTLY t_n ON t (n);"; }
  SUBCASE("a backfill") { query = "UPDATE t SET n = n + 1;"; }
  scene.file("1_patient.sql", query);
  auto patient = scene.start({"--lock-timeout", "100ms"});
  scene.wait_for("EXISTS (SELECT " + kRunner +
                 " AND wait_event_type = 'Lock' AND clock_timestamp() - query_start > '700 ms')");
  writer.run("COMMIT");
  const auto done = patient.wait();
  CHECK_MESSAGE(done.exit_code == 0, said(done));
  CHECK_FALSE(contains(done.out, "retry "));
  CHECK(scene.history() == "1_patient");
}

TEST_CASE("a file sets its own limits") {
  const Scene scene;
  scene.rows("CREATE TABLE slow AS SELECT 1");
  scene.file("1_limit.sql", "-- bigocean: statement-timeout=200ms\n" + kSleepWhileSlow);
  const auto done = scene.migrate();
  CHECK_MESSAGE(done.exit_code == 5, said(done));
  CHECK(contains(done.err, "57014"));
  CHECK(contains(done.err, "statement-timeout="));
  CHECK(scene.history().empty());
}

}  // namespace common_waiting_test
