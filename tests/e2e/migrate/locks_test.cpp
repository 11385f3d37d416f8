// A migration that must wait for a table never freezes the application.
#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "tests/e2e/migrate/fixture.hpp"

namespace locks_test {

using namespace bigocean::test;

namespace {

/// Reads a table every 20 ms, as an application does, and remembers its longest wait by the server's clock:
/// from the arrival of the statement to the moment at which it has its lock.
class Reader {
 public:
  explicit Reader(const std::string& url) : thread_([this, url] { read(url); }) {}
  ~Reader() { stop(); }

  double stop() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
    return worst_ms_;
  }
  int reads() const { return reads_; }

 private:
  void read(const std::string& url) {
    Session session(url);
    while (!stop_) {
      const auto rows = session.run(
          "SELECT 1000 * extract(epoch FROM clock_timestamp() - statement_timestamp()) FROM"
          " (SELECT count(*) FROM busy) AS needs_the_lock");
      worst_ms_ = std::max(worst_ms_, std::stod(rows.at(0).at(0)));
      ++reads_;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }

  std::atomic<bool> stop_{false};
  std::atomic<int> reads_{0};
  double worst_ms_ = 0;
  std::thread thread_;
};

}  // namespace

TEST_CASE("readers wait at most lock_timeout + 200 ms behind a blocked ALTER TABLE; blockers are named") {
  const Scene scene;
  scene.rows("CREATE TABLE busy (n int)");
  scene.file("1_alter.sql", "ALTER TABLE busy ADD COLUMN note text;");
  Session idle(scene.url);
  const auto pid =
      idle.run("SET application_name = 'forgotten shell'; BEGIN; SELECT count(*), pg_backend_pid() FROM busy")
          .at(0)
          .at(1);
  Reader reader(scene.url);
  auto runner = scene.start({"--lock-timeout", "500ms", "--deadline", "60s"});
  wait_until("three retries", std::chrono::seconds(30),
             [&] { return count_of(runner.out(), "retry ") >= 3; });
  idle.run("COMMIT");
  const auto done = runner.wait();
  const double worst_ms = reader.stop();
  CHECK_MESSAGE(done.exit_code == 0, said(done));
  CHECK(scene.history() == "1_alter");
  CHECK(scene.value("SELECT count(*) FROM information_schema.columns WHERE column_name = 'note'") == "1");
  MESSAGE("readers' worst wait: " << worst_ms << " ms in " << reader.reads() << " reads");
  CHECK(worst_ms < 500 + 200);
  CHECK(worst_ms > 100);  // else nobody was ever blocked and the test shows nothing
  CHECK_MESSAGE(contains(done.out, "blocked by pid " + pid +
                                       " (forgotten shell, postgres@local, idle in transaction for"),
                said(done));
  CHECK(contains(done.out, "SELECT count(*), pg_backend_pid() FROM busy"));
  CHECK(contains(done.out, "lock timeout"));
}

TEST_CASE("when the blocker stays to the deadline the run ends with 9, names it, and nothing is applied") {
  const Scene scene;
  scene.rows("CREATE TABLE busy (n int)");
  scene.file("1_before.sql", "CREATE TABLE before ();");
  scene.file("2_alter.sql", "CREATE TABLE not_kept ();\nALTER TABLE busy ADD COLUMN note text;");
  scene.file("3_after.sql", "CREATE TABLE after ();");
  Session idle(scene.url);
  idle.run("SET application_name = 'forgotten shell'; BEGIN; LOCK TABLE busy IN ACCESS SHARE MODE");
  const auto done = scene.migrate({"--lock-timeout", "150ms", "--deadline", "1500ms"});
  CHECK_MESSAGE(done.exit_code == 9, said(done));
  CHECK(contains(done.err, "2_alter.sql:2:1: "));
  CHECK(contains(done.err, "SQLSTATE 55P03"));
  CHECK(contains(done.err, "(forgotten shell, postgres@local, idle in transaction"));
  CHECK(contains(done.err, "gave up after"));
  CHECK(contains(done.out, "stopped: 1 of 3 done: 1_before"));
  CHECK(scene.history() == "1_before");
  CHECK_FALSE(scene.has_table("not_kept"));
  scene.wait_for("(" + kLocksHeld + ") = 0");  // a session ends a moment after its process
}

TEST_CASE("a file outside a transaction retries the statement that met the lock, and no other") {
  const Scene scene;
  scene.rows("CREATE TABLE busy (n int); CREATE TABLE seen (n int)");
  scene.file("1_steps.sql",
             "-- migrate:up transaction:false\nINSERT INTO seen VALUES (1);\nALTER TABLE busy ADD COLUMN "
             "note text;\n"
             "INSERT INTO seen VALUES (2);\n");
  Session idle(scene.url);
  idle.run("BEGIN; LOCK TABLE busy IN ACCESS SHARE MODE");
  auto runner = scene.start({"--lock-timeout", "100ms"});
  REQUIRE(runner.wait_for_output("retry ", std::chrono::seconds(30)));
  idle.run("COMMIT");
  const auto done = runner.wait();
  CHECK_MESSAGE(done.exit_code == 0, said(done));
  CHECK(scene.value("SELECT string_agg(n::text, ' ' ORDER BY n) FROM seen") == "1 2");
}

TEST_CASE("retry= says how often, and lock-timeout= how long, in the file") {
  const Scene scene;
  scene.rows("CREATE TABLE busy (n int)");
  scene.file("1_alter.sql",
             "-- migrate:up lock-timeout=50ms retry=2\nALTER TABLE busy ADD COLUMN note text;\n");
  Session idle(scene.url);
  idle.run("BEGIN; LOCK TABLE busy IN ACCESS SHARE MODE");
  const auto done = scene.migrate();
  CHECK_MESSAGE(done.exit_code == 9, said(done));
  CHECK(contains(done.err, "gave up after 3 tries"));
  CHECK(count_of(done.out, "retry ") == 2);
}

TEST_CASE("a migrate that does not get the migration lock by the deadline ends with 4 and names the holder") {
  const Scene scene;
  scene.rows("CREATE TABLE slow AS SELECT 1");
  scene.file("1_slow.sql", kSleepWhileSlow);
  auto holder = scene.start();
  scene.wait_for_sleep();
  const auto pid = scene.value("SELECT pid " + kRunner);
  const auto late = scene.migrate({"--deadline", "700ms"});
  CHECK_MESSAGE(late.exit_code == 4, said(late));
  CHECK(contains(late.err, "pid " + pid + " (bigocean-migrate/"));
  CHECK(contains(late.err, "pg_terminate_backend(" + pid + ")"));
  CHECK(contains(late.out, "waiting for another migrate"));
  // Another history is another lock.
  scene.rows("DELETE FROM slow");
  const auto other = scene.migrate({"--schema", "elsewhere"});
  CHECK_MESSAGE(other.exit_code == 0, said(other));
}

}  // namespace locks_test
