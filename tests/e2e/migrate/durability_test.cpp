// Files in the middle of a run do not wait for the disk; files that a finished run reports as applied are on
// it.
#include <doctest/doctest.h>

#include "tests/e2e/migrate/fixture.hpp"

namespace durability_test {

using namespace bigocean::test;

namespace {

/// A server that writes nothing by itself for as long as the test runs: what no commit has waited for is lost
/// when it is stopped at once.
PostgresOptions lazy_server() {
  PostgresOptions options;
  options.settings = {{"synchronous_commit", "on"},
                      {"wal_writer_delay", "10s"},
                      {"wal_writer_flush_after", "1GB"},
                      {"bgwriter_delay", "10s"},
                      {"autovacuum", "off"}};
  return options;
}

const std::string kWaits = "INSERT INTO waits (setting) SELECT current_setting('synchronous_commit');\n";

}  // namespace

TEST_CASE("a crash right after a run loses nothing of it") {
  PrivatePostgres postgres(lazy_server());
  const Scene scene(postgres);
  scene.rows("CREATE TABLE waits (n serial, setting text)");
  scene.file("1_a.sql", kWaits);
  scene.file("2_b.sql", kWaits);
  std::string history = "1_a 2_b 3_c", waits = "off off on";
  int exit_code = 0;
  SUBCASE("that ended well") { scene.file("3_c.sql", kWaits); }
  SUBCASE("of one file") {
    scene.remove("2_b.sql");
    scene.remove("1_a.sql");
    scene.file("3_c.sql", kWaits);
    history = "3_c";
    waits = "on";
  }
  SUBCASE("whose last file would rather not wait") {
    scene.file("3_c.sql", kWaits + "SET LOCAL synchronous_commit = off; SET synchronous_commit = off;");
  }
  SUBCASE("whose last file runs statement by statement and would rather not wait") {
    scene.file("3_c.sql", "-- migrate:up transaction:false\n" + kWaits + "SET synchronous_commit = off;\n");
  }
  SUBCASE("that failed") {
    scene.file("3_c.sql", "SELECT 1/0;");
    history = "1_a 2_b";
    waits = "off off";
    exit_code = 5;
  }
  SUBCASE("that failed in a file that took another role and did not want to wait") {
    scene.file(
        "3_c.sql",
        "-- migrate:up transaction:false\nSET ROLE pg_monitor; SET synchronous_commit = off; SELECT 1/0;");
    history = "1_a 2_b 3_c";  // the last is half done
    waits = "off off";
    exit_code = 5;
  }
  const auto done = scene.migrate();
  CHECK_MESSAGE(done.exit_code == exit_code, said(done));
  postgres.stop(true);
  postgres.start();
  CHECK(scene.history() == history);
  CHECK(scene.value("SELECT string_agg(setting, ' ' ORDER BY n) FROM waits") == waits);
}

TEST_CASE("a crash in the middle of a run loses whole files, the last ones, and a rerun does them again") {
  PrivatePostgres postgres(lazy_server());
  const Scene scene(postgres);
  scene.rows("CREATE TABLE slow AS SELECT 1; CREATE TABLE seen (n int)");
  for (const char* n : {"1", "2", "3"})
    scene.file(std::string(n) + "_x.sql", "INSERT INTO seen VALUES (" + std::string(n) + ");");
  scene.file("4_slow.sql", kSleepWhileSlow + "INSERT INTO seen VALUES (4);");
  auto runner = scene.start();
  scene.wait_for_sleep();
  postgres.stop(true);
  CHECK(runner.wait().exit_code == 7);
  postgres.start();
  CHECK(scene.rows("SELECT n::text FROM seen ORDER BY n") ==
        scene.rows("SELECT left(name, 1) FROM bigocean.migrations ORDER BY name"));
  scene.rows("DELETE FROM slow");
  const auto rerun = scene.migrate();
  CHECK_MESSAGE(rerun.exit_code == 0, said(rerun));
  CHECK(scene.value("SELECT string_agg(n::text, ' ' ORDER BY n) FROM seen") == "1 2 3 4");
}

}  // namespace durability_test
