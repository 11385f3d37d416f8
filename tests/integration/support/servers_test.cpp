// The tests' own servers: each starts, answers, stops, starts again, and does not disturb the others.
#include "tests/support/servers.hpp"

#include <doctest/doctest.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

namespace servers_test {

using namespace bigocean::test;
using namespace std::chrono_literals;

namespace {

std::string one(const std::string& url, const std::string& sql) { return query(url, sql).at(0).at(0); }

std::string redis_says(const PrivateRedis& redis, const std::string& command) {
  return run({"sh", "-c", "timeout 2 redis-cli -u " + redis.url() + " " + command}).out;
}

}  // namespace

TEST_CASE("PostgreSQL: version, encoding, databases of their own, socket and TCP") {
  auto& postgres = shared_postgres();
  CHECK(postgres.major() >= 16);
  if (const char* major = std::getenv("BIGOCEAN_TEST_POSTGRES_MAJOR"))
    CHECK(postgres.major() == std::atoi(major));
  CHECK(one(postgres.url(), "SHOW server_encoding") == "UTF8");
  CHECK(one(postgres.url(), "SHOW max_connections") == "200");
  CHECK(one(postgres.tcp_url(), "SELECT current_user") == "postgres");

  const auto first = postgres.create_database();
  const auto second = postgres.create_database();
  query(first, "CREATE TABLE here (x int)");
  CHECK(one(first, "SELECT to_regclass('here')") == "here");
  CHECK(one(second, "SELECT to_regclass('here')") == "(null)");
}

TEST_CASE("query: the last result of many, errors with the server's words") {
  const auto url = shared_postgres().create_database();
  CHECK(one(url, "SELECT 1; SELECT 2") == "2");
  CHECK(query(url, "CREATE TABLE t (x int)").empty());
  CHECK_THROWS_WITH(query(url, "SELECT * FROM missing"),
                    doctest::Contains("relation \"missing\" does not exist"));
  CHECK_THROWS(query(shared_postgres().url("no_such_database"), "SELECT 1"));
}

TEST_CASE("a session keeps its transaction open") {
  const auto url = shared_postgres().create_database();
  query(url, "CREATE TABLE t (x int)");
  {
    Session holder(url);
    holder.run("BEGIN; LOCK TABLE t");
    CHECK_THROWS_WITH(query(url, "SET lock_timeout = '50ms'; SELECT * FROM t"),
                      doctest::Contains("lock timeout"));
  }
  wait_until("the lock is free", 10s,
             [&] { return one(url, "SELECT count(*) FROM pg_locks WHERE relation = 't'::regclass") == "0"; });
}

TEST_CASE("PostgreSQL: settings, pg_hba and TLS are taken") {
  PostgresOptions options;
  options.settings["work_mem"] = "7MB";
  options.tls = true;
  options.hba =
      "local all all trust\nhostssl all locked 127.0.0.1/32 scram-sha-256\nhost all postgres 127.0.0.1/32 "
      "trust";
  PrivatePostgres postgres(options);
  CHECK(one(postgres.url(), "SHOW work_mem") == "7MB");
  query(postgres.url(), "CREATE ROLE locked LOGIN PASSWORD 'p@ss/word'");
  const auto verified = "?sslmode=verify-full&sslrootcert=" + postgres.certificate();
  CHECK(one(postgres.tcp_url("postgres", "locked", "p@ss/word") + verified,
            "SELECT ssl::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()") == "true");
  CHECK_THROWS(query(postgres.tcp_url("postgres", "locked", "wrong"), "SELECT 1"));
  CHECK_THROWS(query(postgres.tcp_url("postgres", "locked", "p@ss/word") + "?sslmode=disable", "SELECT 1"));
}

TEST_CASE("PostgreSQL: stopped, started, paused and gone on, with its data") {
  PrivatePostgres postgres;
  const auto url = postgres.create_database();
  query(url, "CREATE TABLE kept AS SELECT 42 AS x");
  const auto first_pid = postgres.pid();

  postgres.stop(false);
  CHECK_THROWS(query(url, "SELECT 1"));
  postgres.start();
  CHECK(postgres.pid() != first_pid);
  CHECK(one(url, "SELECT x FROM kept") == "42");
  CHECK(postgres.log().find("received fast shutdown request") != std::string::npos);

  postgres.stop();
  postgres.start();
  CHECK(one(url, "SELECT x FROM kept") == "42");

  Session session(url);
  postgres.pause();
  CHECK_THROWS(query(postgres.tcp_url() + "?connect_timeout=2", "SELECT 1"));
  postgres.resume();
  CHECK(session.run("SELECT x FROM kept").at(0).at(0) == "42");
}

TEST_CASE("PostgreSQL: nothing is left when it goes, not even its folder") {
  std::string folder;
  pid_t pid = 0;
  {
    PrivatePostgres postgres;
    pid = postgres.pid();
    folder = one(postgres.url(), "SHOW unix_socket_directories");
    CHECK(std::filesystem::exists(folder));
    postgres.pause();  // a paused server goes as well
  }
  CHECK(kill(pid, 0) != 0);
  CHECK_FALSE(std::filesystem::exists(folder));
}

TEST_CASE("Redis: answers, stops, starts, pauses") {
  PrivateRedis redis;
  CHECK(redis_says(redis, "ping") == "PONG\n");
  CHECK(redis_says(redis, "config get appendonly") == "appendonly\nno\n");
  redis.pause();
  CHECK(redis_says(redis, "ping").empty());
  redis.resume();
  CHECK(redis_says(redis, "ping") == "PONG\n");
  redis.stop();
  CHECK(redis_says(redis, "ping").find("PONG") == std::string::npos);
  redis.start();
  CHECK(redis_says(redis, "ping") == "PONG\n");
}

TEST_CASE("Redis: arguments are taken") {
  const PrivateRedis redis({"--requirepass", "secret"});
  CHECK(redis_says(redis, "ping").find("NOAUTH") != std::string::npos);
  CHECK(redis_says(redis, "--no-auth-warning -a secret ping") == "PONG\n");
}

TEST_CASE("PgBouncer: passes databases and users through, in its pool mode") {
  auto& postgres = shared_postgres();
  postgres.create_database();
  query(postgres.url(), "DROP ROLE IF EXISTS passed_through; CREATE ROLE passed_through LOGIN");
  const PrivatePgBouncer pooler(postgres, "transaction");
  CHECK(one(pooler.url("postgres"), "SELECT current_database()") == "postgres");
  CHECK(one(pooler.url("test_1"), "SELECT current_database()") == "test_1");
  auto url = pooler.url("postgres");
  url.replace(url.find("postgres@"), 9, "passed_through@");
  CHECK(one(url, "SELECT current_user") == "passed_through");
  // In transaction mode two clients share one server connection, one after the other.
  Session a(pooler.url("postgres")), b(pooler.url("postgres"));
  CHECK(a.run("SELECT pg_backend_pid()") == b.run("SELECT pg_backend_pid()"));
}

TEST_CASE("binaries and template: a project below a folder that the server's user cannot enter") {
  const TempDir closed;
  std::filesystem::permissions(closed.path(), std::filesystem::perms::owner_all);
  const std::string project = closed.path() + "/project";
  std::filesystem::create_directory(project);
  std::filesystem::copy(std::string(BIGOCEAN_SOURCE_DIR) + "/scripts", project + "/scripts");
  // A stand-in for the downloaded server: the scripts must bring it where that user can run it.
  const auto place = run({"bash", "-c", ". " + project + "/scripts/lib.sh; cache_dir"});
  REQUIRE(place.exit_code == 0);
  const auto cache = place.out.substr(0, place.out.find('\n'));
  if (getuid() == 0) {
    CHECK(cache.starts_with("/var/tmp/bigocean-"));
    ProcessOptions as_server;
    as_server.as_unprivileged_user = true;
    as_server.working_directory = "/";
    CHECK(run({"ls", cache}, as_server).exit_code == 0);
    CHECK(run({"ls", project}, as_server).exit_code != 0);
  } else {
    CHECK(cache == project + "/.cache");
  }
  CHECK(run({"bash", "-c", ". " + project + "/scripts/lib.sh; cache_dir"}).out == place.out);
  std::filesystem::remove_all(cache);
}

}  // namespace servers_test
