// The server goes away in the middle of a run, or is not available yet.
#include <doctest/doctest.h>

#include "tests/e2e/migrate/fixture.hpp"
#include "tests/support/stand_in.hpp"

namespace restart_test {

using namespace bigocean::test;

TEST_CASE("a server that stops at once in the middle: exit 7, and a rerun finishes, nothing runs twice") {
  PrivatePostgres postgres;
  const Scene scene(postgres);
  scene.rows("CREATE TABLE slow AS SELECT 1; CREATE TABLE seen (n int)");
  std::string mode;
  SUBCASE("in a transaction") { mode = "true"; }
  SUBCASE("statement by statement") { mode = "false"; }
  scene.file("1_before.sql", "INSERT INTO seen VALUES (0);");
  scene.file("2_slow.sql", "-- migrate:up transaction:" + mode + "\nINSERT INTO seen VALUES (1);\n" +
                               kSleepWhileSlow + "INSERT INTO seen VALUES (2);\n");
  scene.file("3_after.sql", "INSERT INTO seen VALUES (3);");
  auto runner = scene.start();
  scene.wait_for_sleep();
  postgres.stop(true);
  const auto lost = runner.wait();
  CHECK_MESSAGE(lost.exit_code == 7, said(lost));
  CHECK(contains(lost.err, "lost"));
  CHECK(contains(lost.out, "stopped: 1 of 3 done: 1_before"));
  postgres.start();
  scene.rows("DELETE FROM slow");
  const auto rerun = scene.migrate({"--wait", "30s"});
  CHECK_MESSAGE(rerun.exit_code == 0, said(rerun));
  CHECK(scene.value("SELECT string_agg(n::text, ' ' ORDER BY n) FROM seen") == "0 1 2 3");
  CHECK(scene.history() == "1_before 2_slow 3_after");
}

TEST_CASE("--wait waits for a server that is not up yet") {
  PrivatePostgres postgres;
  Scene scene(postgres);
  scene.file("1_t.sql", "CREATE TABLE t (n int);");
  scene.environment["DATABASE_URL"] = postgres.tcp_url(scene.value("SELECT current_database()"));
  postgres.stop(false);
  const auto refused = scene.migrate();
  CHECK_MESSAGE(refused.exit_code == 7, said(refused));
  CHECK(contains(refused.err, "--wait"));
  Arguments arguments{"--wait", "60s"};
  SUBCASE("up") {}
  SUBCASE("dump, which has a connection of its own") { arguments.insert(arguments.begin(), "dump"); }
  const bool dumps = arguments.front() == "dump";
  auto runner = scene.start(arguments);
  REQUIRE(runner.wait_for_output("waiting for the database", std::chrono::seconds(30)));
  postgres.start();
  const auto done = runner.wait();
  CHECK_MESSAGE(done.exit_code == 0, said(done));
  CHECK(scene.history() == (dumps ? "" : "1_t"));
}

TEST_CASE("--wait waits while the server says that it is starting up, to its limit") {
  std::string packet("SFATAL\0C57P03\0Mthe database system is starting up\0\0", 51);
  packet = std::string("E\0\0\0", 4) + static_cast<char>(packet.size() + 4) + packet;
  const StandIn starting(Habit::kAnswer, packet);
  Scene scene;
  scene.environment["DATABASE_URL"] =
      "postgresql://app@127.0.0.1:" + std::to_string(starting.port()) + "/app?sslmode=disable";
  scene.file("1_t.sql", "SELECT 1;");
  const auto done = scene.migrate({"--wait", "1s"});
  CHECK_MESSAGE(done.exit_code == 7, said(done));
  CHECK_MESSAGE(contains(done.out, "waiting for the database"), said(done));
  CHECK(contains(done.err, "(SQLSTATE 57P03)"));
}

TEST_CASE("--wait stops at once on a wrong password, a missing database, a missing role") {
  PostgresOptions options;
  options.hba = "local all all trust\nhost all all all scram-sha-256\n";
  PrivatePostgres postgres(options);
  query(postgres.url(), "CREATE ROLE app LOGIN PASSWORD 'right'");
  Scene scene(postgres);
  scene.file("1_t.sql", "SELECT 1;");
  const std::pair<std::string, const char*> urls[] = {
      {postgres.tcp_url("postgres", "app", "wrong"), "28P01"},
      {postgres.tcp_url("missing", "app", "right"), "3D000"},
      {postgres.url("postgres", "nobody_here"), "28000"},
  };
  for (const auto& [url, state] : urls) {
    scene.environment["DATABASE_URL"] = url;
    const auto done = scene.migrate({"--wait", "100s"});
    CHECK_MESSAGE(done.exit_code == 7, said(done));
    CHECK_MESSAGE(contains(done.err, std::string("(SQLSTATE ") + state + ")"), said(done));
    CHECK_FALSE(contains(done.out, "waiting for the database"));
  }
}

TEST_CASE("a server that answers nothing is given up in time") {
  const StandIn silent(Habit::kSilent);
  Scene scene;
  scene.environment["DATABASE_URL"] = "postgresql://app@127.0.0.1:" + std::to_string(silent.port()) + "/app";
  scene.file("1_t.sql", "SELECT 1;");
  const auto done = scene.migrate();
  CHECK_MESSAGE(done.exit_code == 7, said(done));
  CHECK(contains(done.err, "nothing answered"));
}

}  // namespace restart_test
