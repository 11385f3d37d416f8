// How long others wait: while a file waits for its locks, and while it holds them.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "tests/e2e/migrate/bystanders.hpp"
#include "tests/e2e/migrate/fixture.hpp"

namespace blocking_test {

using namespace bigocean::test;

TEST_CASE("a lock is not asked for while a session is seen to hold the table") {
  const Scene scene;
  make_busy(scene);
  scene.file("1_alter.sql", "ALTER TABLE busy ADD COLUMN note text;");
  Session holder(scene.url);
  hold(holder);
  std::this_thread::sleep_for(std::chrono::milliseconds(200));  // a younger one would be waited for in a try
  auto runner = scene.start();
  RequestCounter counter(scene.url);
  std::this_thread::sleep_for(std::chrono::milliseconds(1200));
  CHECK(counter.stop() == 0);
  const auto freed = Clock::now();
  holder.run("COMMIT");
  const auto done = runner.wait();
  CHECK_MESSAGE(done.exit_code == 0, said(done));
  CHECK(ms_since(freed) < 1500);
}

TEST_CASE("behind a holder that stays, others wait lock_timeout at most at a time") {
  const Scene scene;
  make_busy(scene);
  scene.file("1_alter.sql", "ALTER TABLE busy ADD COLUMN note text;");
  Session holder(scene.url);
  hold(holder);
  User reader(scene.url, "SELECT count(*) FROM busy");
  User writer(scene.url, "INSERT INTO busy VALUES (1)");
  auto runner = scene.start();
  REQUIRE(runner.wait_for_output("retry ", std::chrono::seconds(30)));
  holder.run("COMMIT");
  const auto done = runner.wait();
  CHECK_MESSAGE(done.exit_code == 0, said(done));
  CHECK(contains(done.out, "blocked by pid"));
  CHECK(contains(done.out, "forgotten shell"));
  const auto worst = std::max(reader.stop(), writer.stop());
  MESSAGE("worst wait " << worst << " ms");
  CHECK(worst > 150);  // the try was real
  CHECK(worst < 250 + 400);
}

TEST_CASE("holders that come and go quickly are no reason to wait") {
  const Scene scene;
  make_busy(scene);
  scene.file("1_alter.sql", "ALTER TABLE busy ADD COLUMN note text;");
  std::atomic<bool> stop{false};
  std::thread pulses([&] {
    Session session(scene.url);
    while (!stop) {
      session.run("BEGIN; SELECT count(*) FROM busy; SELECT pg_sleep(0.05); COMMIT");
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  });
  const auto began = Clock::now();
  const auto done = scene.migrate();
  const auto took = ms_since(began);
  stop = true;
  pulses.join();
  CHECK_MESSAGE(done.exit_code == 0, said(done));
  CHECK(took < 5000);
}

TEST_CASE("a lock that the text does not show is learnt from the first try") {
  const Scene scene;
  make_busy(scene);
  scene.file("1_do.sql", "DO $$ BEGIN EXECUTE 'ALTER TABLE ' || 'bu' || 'sy ADD COLUMN note text'; END $$;");
  Session holder(scene.url);
  hold(holder);
  auto runner = scene.start();
  REQUIRE(runner.wait_for_output("retry ", std::chrono::seconds(30)));
  RequestCounter counter(scene.url);
  std::this_thread::sleep_for(std::chrono::milliseconds(1200));
  CHECK(counter.stop() == 0);
  holder.run("COMMIT");
  const auto done = runner.wait();
  CHECK_MESSAGE(done.exit_code == 0, said(done));
}

TEST_CASE("of several tables none is locked while another is waited for") {
  const Scene scene;
  make_busy(scene);
  scene.rows("CREATE TABLE first (n int); CREATE TABLE last (n int)");
  scene.file("1_three.sql",
             "ALTER TABLE first ADD COLUMN note text; ALTER TABLE busy ADD COLUMN note text;"
             "ALTER TABLE last ADD COLUMN note text;");
  Session holder(scene.url);
  hold(holder);
  User reader(scene.url, "SELECT count(*) FROM first");
  auto runner = scene.start({"--lock-timeout", "1500ms"});
  REQUIRE(runner.wait_for_output("retry ", std::chrono::seconds(30)));
  REQUIRE(runner.wait_for_output("retry ", std::chrono::seconds(30)));
  holder.run("COMMIT");
  const auto done = runner.wait();
  CHECK_MESSAGE(done.exit_code == 0, said(done));
  const auto worst = reader.stop();
  MESSAGE("worst wait for the table in front: " << worst << " ms");
  CHECK(worst < 700);
  CHECK(scene.value("SELECT count(*) FROM information_schema.columns WHERE column_name = 'note'") == "3");
}

TEST_CASE("a prepared transaction holds a table like a session") {
  PostgresOptions options;
  options.settings["max_prepared_transactions"] = "2";
  PrivatePostgres server(options);
  const Scene scene(server);
  make_busy(scene);
  scene.file("1_alter.sql", "ALTER TABLE busy ADD COLUMN note text;");
  scene.rows("BEGIN; SELECT count(*) FROM busy; PREPARE TRANSACTION 'left'");
  const auto refused = scene.migrate({"--deadline", "2500ms"});
  CHECK_MESSAGE(refused.exit_code == 9, said(refused));
  scene.rows("ROLLBACK PREPARED 'left'");
  CHECK(scene.migrate().exit_code == 0);
}

TEST_CASE("an autovacuum gives way at once to who may hurry it, and to others after half the deadline") {
  PostgresOptions options;
  options.settings = {{"autovacuum", "on"},
                      {"autovacuum_naptime", "1s"},
                      {"autovacuum_vacuum_cost_delay", "100ms"},
                      {"autovacuum_vacuum_cost_limit", "1"}};
  PrivatePostgres server(options);
  const Scene scene(server);
  scene.rows("CREATE TABLE busy (n int); INSERT INTO busy SELECT generate_series(1, 200000)");
  scene.rows("DELETE FROM busy WHERE n % 2 = 0");
  const std::string vacuuming =
      "EXISTS (SELECT FROM pg_stat_activity AS a JOIN pg_locks AS l USING (pid) WHERE a.backend_type = "
      "'autovacuum "
      "worker' AND l.relation = 'busy'::regclass AND a.xact_start < clock_timestamp() - interval '300 ms')";
  const auto took = [&](const Scene& who) {
    scene.wait_for(vacuuming);
    const auto began = Clock::now();
    const auto done = who.migrate({"--deadline", "8s", "--new-history"});
    CHECK_MESSAGE(done.exit_code == 0, said(done));
    return ms_since(began);
  };
  scene.file("1_alter.sql", "ALTER TABLE busy ADD COLUMN note text;");
  CHECK(took(scene) < 2000);

  const auto database = scene.value("SELECT current_database()");
  scene.rows("CREATE ROLE poor LOGIN; ALTER TABLE busy OWNER TO poor; GRANT CREATE ON DATABASE " + database +
             " TO poor");
  Scene poor(server);
  poor.environment["DATABASE_URL"] = server.url(database, "poor");
  poor.environment["BIGOCEAN_MIGRATE_SCHEMA"] = "poors";
  poor.file("1_again.sql", "ALTER TABLE busy ADD COLUMN again text;");
  const auto slow = took(poor);
  CHECK(slow > 3500);
  CHECK(slow < 9000);
}

TEST_CASE("terminate-idle-in-transaction ends who is idle for that long, and names it; off by default") {
  const Scene scene;
  make_busy(scene);
  scene.file("1_alter.sql", "ALTER TABLE busy ADD COLUMN note text;");
  Session holder(scene.url);
  hold(holder);
  CHECK(scene.migrate({"--deadline", "2500ms"}).exit_code == 9);
  const auto done = scene.migrate({"--terminate-idle-in-transaction", "1s"});
  CHECK_MESSAGE(done.exit_code == 0, said(done));
  CHECK(contains(done.out, "terminated pid"));
  CHECK(contains(done.out, "forgotten shell"));
  CHECK_THROWS(holder.run("SELECT 1"));
}

TEST_CASE("a file that holds a table for too long is rolled back, tried thrice, and ends with 11") {
  const Scene scene;
  make_busy(scene);
  scene.file("1_before.sql", "CREATE TABLE before ();");
  scene.file("2_works.sql", "ALTER TABLE busy ADD COLUMN note text;\nSELECT pg_sleep(60);\n");
  User reader(scene.url, "SELECT count(*) FROM busy");
  const auto done = scene.migrate({"--max-blocking", "400ms"});
  const auto worst = reader.stop();
  CHECK_MESSAGE(done.exit_code == 11, said(done));
  CHECK(contains(done.err, "2_works.sql:2:1: another session waited "));
  CHECK(contains(done.err, "for public.busy, on which it held ACCESS EXCLUSIVE; max-blocking is 400ms"));
  CHECK(contains(done.err, "after 3 tries"));
  CHECK(contains(done.err, "-- bigocean: max-blocking=30s REASON"));
  CHECK(count_of(done.out, "retry ") == 2);
  CHECK(scene.history() == "1_before");
  CHECK(scene.value("SELECT count(*) FROM information_schema.columns WHERE column_name = 'note'") == "0");
  MESSAGE("worst wait " << worst << " ms");
  CHECK(worst < 400 + 500);
  CHECK(worst > 300);
}

TEST_CASE("max-blocking in a file allows it, with a reason, and without a reason is refused") {
  const Scene scene;
  make_busy(scene);
  scene.file("1_works.sql",
             "-- bigocean: max-blocking=30s the table is used at night only\n"
             "ALTER TABLE busy ADD COLUMN note text;\nSELECT pg_sleep(1.2);\n");
  User reader(scene.url, "SELECT count(*) FROM busy");
  const auto done = scene.migrate({"--max-blocking", "400ms"});
  CHECK_MESSAGE(done.exit_code == 0, said(done));
  CHECK(reader.stop() > 900);
  scene.file("2_works.sql", "-- bigocean: max-blocking=30s\nSELECT 1;\n");
  const auto refused = scene.migrate();
  CHECK(refused.exit_code == 2);
  CHECK(contains(refused.err, "needs a reason"));
}

TEST_CASE("many short statements under one lock are cancelled as well") {
  const Scene scene;
  make_busy(scene);
  std::string text = "ALTER TABLE busy ADD COLUMN note text;\n";
  for (int i = 0; i < 400; ++i) text += "SELECT pg_sleep(0.02);\n";
  scene.file("1_many.sql", text);
  User reader(scene.url, "SELECT count(*) FROM busy");
  const auto done = scene.migrate({"--max-blocking", "400ms"});
  CHECK_MESSAGE(done.exit_code == 11, said(done));
  CHECK(reader.stop() < 900);
}

TEST_CASE("outside a transaction a statement that blocks is cancelled and not tried again") {
  const Scene scene;
  make_busy(scene);
  scene.rows(
      "CREATE FUNCTION slow(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT CASE WHEN pg_sleep(0.2) IS "
      "NULL "
      "THEN 0 ELSE $1 END'");
  scene.file(
      "1_vacuum.sql",
      "-- migrate:up transaction:false\nCREATE TABLE seen AS SELECT 1 AS n;\nALTER TABLE busy ALTER COLUMN n "
      "TYPE bigint USING slow(n);\n");
  User reader(scene.url, "SELECT count(*) FROM busy");
  const auto done = scene.migrate({"--max-blocking", "400ms", "--allow-unsafe"});
  CHECK_MESSAGE(done.exit_code == 11, said(done));
  CHECK(reader.stop() < 900);
  CHECK(contains(done.err, "after 1 try"));
  CHECK(
      scene.value("SELECT format_type(atttypid, -1) FROM pg_attribute WHERE attrelid = 'busy'::regclass AND "
                  "attname = 'n'") == "integer");
  CHECK(scene.has_table("seen"));
}

TEST_CASE("a file that takes its lock time-out away is limited all the same") {
  const Scene scene;
  make_busy(scene);
  scene.file(
      "1_patient.sql",
      "SET LOCAL lock_timeout = 0;\nDO $$ BEGIN EXECUTE 'ALTER TABLE busy ADD COLUMN note text'; END $$;\n");
  Session holder(scene.url);
  hold(holder);
  User reader(scene.url, "SELECT count(*) FROM busy");
  const auto done = scene.migrate({"--max-blocking", "400ms"});
  CHECK_MESSAGE(done.exit_code == 11, said(done));
  CHECK(contains(done.err, "behind its request for a lock"));
  CHECK(reader.stop() < 900);
}

TEST_CASE("waits for a row are warned of, and cancelled where the setting says so") {
  const Scene scene;
  make_busy(scene);
  scene.file("1_rows.sql", "UPDATE busy SET n = n + 1 WHERE n = 1;\nSELECT pg_sleep(3);\n");
  User writer(scene.url, "UPDATE busy SET n = n WHERE n = 1");
  const auto warned = scene.migrate();
  CHECK_MESSAGE(warned.exit_code == 0, said(warned));
  CHECK(contains(warned.out, "for a row that 1_rows has changed"));
  writer.stop();

  Scene strict;
  make_busy(strict);
  strict.environment["BIGOCEAN_MIGRATE_MAX_BLOCKING_ROWS"] = "400ms";
  strict.file("1_rows.sql", "UPDATE busy SET n = n + 1 WHERE n = 1;\nSELECT pg_sleep(60);\n");
  User other(strict.url, "UPDATE busy SET n = n WHERE n = 1");
  const auto cancelled = strict.migrate();
  CHECK_MESSAGE(cancelled.exit_code == 11, said(cancelled));
  CHECK(contains(cancelled.err, "for a row that it had changed; max_blocking_rows is 400ms"));
}

TEST_CASE("VACUUM and other migrations that wait do not count") {
  const Scene scene;
  make_busy(scene);
  scene.file("1_works.sql", "ALTER TABLE busy ADD COLUMN note text;\nSELECT pg_sleep(1.5);\n");
  User vacuum(scene.url, "VACUUM busy");
  const auto done = scene.migrate({"--max-blocking", "400ms"});
  CHECK_MESSAGE(done.exit_code == 0, said(done));
  CHECK(vacuum.stop() > 900);
}

TEST_CASE("the session that looks is connected again when it is lost, and both are said") {
  const Scene scene;
  make_busy(scene);
  scene.file("1_works.sql", "ALTER TABLE busy ADD COLUMN note text;\nSELECT pg_sleep(5);\n");
  auto runner = scene.start({"--max-blocking", "1500ms"});
  scene.wait_for_sleep();
  scene.rows(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND "
      "application_name LIKE '% watch'");
  REQUIRE(runner.wait_for_output("was lost", std::chrono::seconds(30)));
  REQUIRE(runner.wait_for_output("is connected again", std::chrono::seconds(30)));
  User reader(scene.url, "SELECT count(*) FROM busy");
  const auto done = runner.wait();
  CHECK_MESSAGE(done.exit_code == 11, said(done));
  CHECK(reader.stop() < 2600);
}

TEST_CASE("without a second session the run goes on, and says what it does not know") {
  const Scene scene;
  make_busy(scene);
  scene.rows(
      "CREATE ROLE lonely LOGIN CONNECTION LIMIT 1; GRANT CREATE ON SCHEMA public TO lonely;"
      "ALTER TABLE busy OWNER TO lonely; GRANT CREATE ON DATABASE " +
      scene.value("SELECT current_database()") + " TO lonely");
  Scene alone;
  alone.environment["DATABASE_URL"] =
      shared_postgres().url(scene.value("SELECT current_database()"), "lonely");
  alone.file("1_alter.sql", "ALTER TABLE busy ADD COLUMN note text;");
  const auto done = alone.migrate({"--new-history"});
  CHECK_MESSAGE(done.exit_code == 0, said(done));
  CHECK(contains(done.out, "no second session can be had"));
}

}  // namespace blocking_test
