// Twenty at once: one works, the others wait their turn, all succeed, each file runs once.
#include <doctest/doctest.h>

#include "tests/e2e/migrate/fixture.hpp"

namespace race_test {

using namespace bigocean::test;

namespace {

std::vector<Finished> run_at_once(const Scene& scene, int count) {
  std::vector<Process> processes;
  for (int i = 0; i < count; ++i) processes.push_back(scene.start());
  std::vector<Finished> results;
  for (auto& process : processes) results.push_back(process.wait(std::chrono::seconds(120)));
  return results;
}

}  // namespace

TEST_CASE(
    "20 at once on an empty database with 50 files: all exit 0, each file runs once, the waiting say for "
    "whom") {
  const Scene scene;
  scene.file("01_first.sql",
             "CREATE TABLE hits (n int);\nINSERT INTO hits VALUES (1);\nSELECT pg_sleep(0.5);");
  for (int i = 2; i <= 50; ++i) {
    const auto number = std::to_string(i);
    scene.file((i < 10 ? "0" : "") + number + "_hit.sql", "INSERT INTO hits VALUES (" + number + ");");
  }
  int workers = 0, waiters = 0;
  for (const auto& done : run_at_once(scene, 20)) {
    CHECK_MESSAGE(done.exit_code == 0, said(done));
    CHECK(done.err.empty());
    const auto applied = count_of(done.out, "applied   ");
    CHECK((applied == 0 || applied == 50));
    workers += applied > 0 ? 1 : 0;
    if (applied == 0) CHECK_MESSAGE(contains(done.out, "nothing to do: 50 applied"), said(done));
    const bool waited = contains(done.out, "waiting for another migrate, which holds the lock: ");
    if (waited) CHECK_MESSAGE(contains(done.out, "pid "), said(done));
    waiters += waited ? 1 : 0;
  }
  CHECK(workers == 1);
  CHECK(waiters > 0);
  CHECK(scene.rows("SELECT count(*), count(DISTINCT n) FROM hits") == Rows{{"50", "50"}});
  CHECK(scene.value("SELECT count(*) FROM bigocean.migrations WHERE state = 'applied'") == "50");
  scene.wait_for("(" + kLocksHeld + ") = 0");  // a session ends a moment after its process
}

TEST_CASE("8 at once with CONCURRENTLY and statement by statement") {
  const Scene scene;
  scene.file("1_t.sql", "CREATE TABLE t (n int);");
  scene.file("2_index.sql", "CREATE INDEX CONCURRENTLY t_n ON t (n);");
  scene.file("3_steps.sql",
             "-- migrate:up transaction:false\nINSERT INTO t VALUES (1);\nSELECT pg_sleep(0.2);\nINSERT INTO "
             "t VALUES (2);\n");
  scene.file("4_drop.sql", "DROP INDEX CONCURRENTLY t_n;");
  for (const auto& done : run_at_once(scene, 8)) CHECK_MESSAGE(done.exit_code == 0, said(done));
  CHECK(scene.value("SELECT string_agg(n::text, ' ' ORDER BY n) FROM t") == "1 2");
  CHECK(scene.value("SELECT count(*) FROM bigocean.migrations WHERE state = 'applied'") == "4");
}

TEST_CASE("a history of the first layout is brought up under the lock, by many at once") {
  const Scene scene;
  const std::string first = "CREATE TABLE a (n int);\n";
  scene.file("1_a.sql", first);
  scene.file("2_b.sql", "CREATE TABLE b (n int);\n");
  scene.rows(
      "CREATE SCHEMA bigocean; CREATE TABLE bigocean.migrations (name text PRIMARY KEY, checksum text NOT "
      "NULL,"
      " state text NOT NULL DEFAULT 'applied' CHECK (state IN ('applied', 'running', 'reverting')),"
      " applied_at timestamptz NOT NULL DEFAULT now(), duration_ms double precision,"
      " applied_by text NOT NULL DEFAULT session_user);"
      "INSERT INTO bigocean.migrations (name, checksum) SELECT '1_a', encode(sha256(convert_to($$" +
      first + "$$, 'UTF8')), 'hex')");

  SUBCASE("an edited file is still said to be one, though its text was not kept") {
    scene.file("1_a.sql", "CREATE TABLE a (n bigint);\n");
    const auto edited = scene.migrate();
    CHECK_MESSAGE(edited.exit_code == 6, said(edited));
    CHECK(contains(edited.err, "1_a.sql was edited after it was applied"));
    scene.file("1_a.sql", first);
  }
  CHECK(contains(scene.migrate({"status"}).out, "1 applied, 1 pending"));
  for (const auto& done : run_at_once(scene, 4)) CHECK_MESSAGE(done.exit_code == 0, said(done));
  CHECK(scene.history() == "1_a 2_b");
  CHECK(scene.value("SELECT obj_description('bigocean.migrations'::regclass)") ==
        "bigocean history layout 2");
  CHECK(scene.value("SELECT git_commit IS NOT NULL FROM bigocean.migrations WHERE name = '2_b'") == "t");
}

TEST_CASE("a history of a layout to come is left alone") {
  const Scene scene;
  scene.file("1_a.sql", "CREATE TABLE a (n int);");
  REQUIRE(scene.migrate().exit_code == 0);
  scene.rows("COMMENT ON TABLE bigocean.migrations IS 'bigocean history layout 99'");
  scene.file("2_b.sql", "CREATE TABLE b (n int);");
  const auto done = scene.migrate();
  CHECK_MESSAGE(done.exit_code == 6, said(done));
  CHECK(contains(done.err, "newer bigocean"));
  CHECK_FALSE(scene.has_table("b"));
}

}  // namespace race_test
