// The pool against real servers that are stopped, paused, cut off and made read-only. Errors are allowed only
// while the server is away.
#include "sql/postgres/database.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "sql/postgres/outage.hpp"
#include "tests/support/servers.hpp"

namespace bigocean::sql::database_test {
namespace {

using namespace std::chrono_literals;

config::Settings::Database settings_for(const std::string& url) {
  config::Settings::Database settings;
  settings.url = config::Secret(url);
  settings.connect_timeout = 2s;
  settings.statement_timeout = 1s;
  settings.connections_max = 4;
  settings.connection_wait = 500ms;
  return settings;
}

std::string ask(Database& database, const std::string& sql) { return database.query(sql).at(0, 0); }

/// Four connections that lie idle.
void fill(Database& database) {
  std::atomic<int> there{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      database.use([&](Connection& connection) {
        connection.execute("SELECT 1");
        ++there;
        while (there < 4) std::this_thread::yield();
      });
    });
  }
  for (auto& thread : threads) thread.join();
  REQUIRE(database.state().idle == 4);
}

/// Asks until it is answered; what it costs while the server is away is not counted.
void wait_for_answer(Database& database) {
  for (int i = 0; i < 40; ++i) {
    try {
      ask(database, "SELECT 1");
      return;
    } catch (const base::Error&) {
    }
  }
  FAIL("no answer after 40 tries");
}

void check_all_answer(Database& database) {
  for (int i = 0; i < 20; ++i) CHECK(ask(database, "SELECT 1") == "1");
}

TEST_CASE("a restart between two requests costs none of them an error") {
  test::PrivatePostgres server;
  Database database(settings_for(server.url()), "test", nullptr);
  fill(database);
  server.stop();
  server.start();
  check_all_answer(database);
}

TEST_CASE("a stopped server costs errors while it is away, and none afterwards") {
  test::PrivatePostgres server;
  Database database(settings_for(server.url()), "test", nullptr);
  fill(database);
  server.stop();
  CHECK_THROWS_AS(ask(database, "SELECT 1"), ConnectError);
  server.start();
  wait_for_answer(database);
  check_all_answer(database);
}

TEST_CASE("a paused server: every wait ends, and after the pause all is well") {
  test::PrivatePostgres server;
  auto settings = settings_for(server.tcp_url());
  settings.statement_timeout = 100ms;
  settings.connect_timeout = 300ms;
  Database database(settings, "test", nullptr);
  fill(database);
  server.pause();
  for (int i = 0; i < 2; ++i) {
    try {
      ask(database, "SELECT 1");
      FAIL("answered");
    } catch (const base::Error& error) {
      CHECK(error.code == base::ExitCode::kUnreachable);
    }
  }
  server.resume();
  wait_for_answer(database);
  check_all_answer(database);
}

TEST_CASE("sessions that the server ends are replaced unseen") {
  test::PrivatePostgres server;
  Database database(settings_for(server.url()), "test", nullptr);
  fill(database);
  test::query(server.url(),
              "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'test'");
  check_all_answer(database);
}

TEST_CASE("a session that is ended in the middle of a statement costs that statement only") {
  test::PrivatePostgres server;
  Database database(settings_for(server.url()), "test", nullptr);
  fill(database);
  CHECK_THROWS_AS(ask(database, "SELECT pg_terminate_backend(pg_backend_pid())"), base::Error);
  check_all_answer(database);
}

TEST_CASE("a server that became read-only is left for a new connection, as after a fail-over") {
  test::PrivatePostgres server;
  test::query(server.url(), "CREATE TABLE notes (text text)");
  Database database(settings_for(server.url()), "test", nullptr);
  fill(database);
  const std::string read_only = "ALTER ROLE postgres SET default_transaction_read_only = on";
  test::query(server.url(), read_only);
  // The connections that are open do not know yet: those are the old server's.
  test::query(server.url(),
              "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'test'");
  fill(database);
  try {
    database.query("INSERT INTO notes VALUES ('x')");
    FAIL("written");
  } catch (const ConnectionLost& error) {
    CHECK(error.code == base::ExitCode::kUnreachable);
    CHECK(error.message.find("read-only") != std::string::npos);
  }
  // Nothing of the old server is kept: the next connection reaches the one that can be written to.
  CHECK(database.state().idle == 0);
  test::query(
      server.url(),
      "BEGIN; SET TRANSACTION READ WRITE; ALTER ROLE postgres RESET default_transaction_read_only; COMMIT");
  for (int i = 0; i < 5; ++i) CHECK_NOTHROW(database.query("INSERT INTO notes VALUES ('y')"));
}

TEST_CASE("a refused statement leaves the connection in use, in a clean state") {
  auto& server = test::shared_postgres();
  Database database(settings_for(server.create_database()), "test", nullptr);
  const auto pid = ask(database, "SELECT pg_backend_pid()");
  CHECK_THROWS_AS(database.query("SELECT 1/0"), SqlError);
  CHECK_THROWS_AS(database.use([](Connection& connection) { connection.execute("BEGIN; SELECT 1/0"); }),
                  SqlError);
  CHECK(ask(database, "SELECT pg_backend_pid()") == pid);
}

TEST_CASE("a transaction commits or leaves no trace, under the server's own time-out") {
  auto& server = test::shared_postgres();
  const auto url = server.create_database();
  test::query(url, "CREATE TABLE notes (text text)");
  Database database(settings_for(url), "test", nullptr);
  database.transaction([](Pipeline& pipeline) {
    CHECK(pipeline.execute("SHOW statement_timeout").at(0, 0) == "1s");
    pipeline.execute("INSERT INTO notes VALUES ('kept')");
  });
  CHECK_THROWS(database.transaction([](Pipeline& pipeline) {
    pipeline.execute("INSERT INTO notes VALUES ('lost')");
    throw std::runtime_error("no");
  }));
  CHECK(ask(database, "SELECT string_agg(text, ',') FROM notes") == "kept");
  CHECK(ask(database, "SHOW statement_timeout") == "0");
  try {
    database.transaction([](Pipeline& pipeline) { pipeline.execute("SELECT pg_sleep(30)"); });
    FAIL("nothing ended it");
  } catch (const ServerUnable& error) {
    CHECK(error.sqlstate == "57014");
  }
}

void raise(Database& database, const std::string& state) {
  database.query("DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '" + state + "'; END $$");
}

TEST_CASE("what the server cannot do now is an outage; what a statement does wrong is not") {
  Database database(settings_for(test::shared_postgres().create_database()), "test", nullptr);
  for (const std::string state : {"08006", "25006", "40001", "40P01", "53000", "53100", "53200", "53300",
                                  "53400", "55P03", "57014", "57P01", "57P03", "58000", "58030"}) {
    CAPTURE(state);
    try {
      raise(database, state);
      FAIL("not raised");
    } catch (const ConnectionLost& error) {
      CHECK(error.code == base::ExitCode::kUnreachable);
      CHECK(error.sqlstate == state);
    } catch (const ServerUnable& error) {
      CHECK(error.code == base::ExitCode::kUnreachable);
      CHECK(error.sqlstate == state);
    }
    CHECK(ask(database, "SELECT 1") == "1");
  }
  for (const std::string state :
       {"22P02", "23505", "40002", "42601", "42P01", "54000", "55006", "P0001", "XX000"}) {
    CAPTURE(state);
    CHECK_THROWS_AS(raise(database, state), SqlError);
  }
}

TEST_CASE("a full disk is remembered until a write succeeds, and trying leaves nothing behind") {
  auto& server = test::shared_postgres();
  const auto url = server.create_database();
  {
    Database database(settings_for(url), "test", nullptr);
    CHECK(database.why_unwritable() == "");
    CHECK_THROWS_AS(raise(database, "53200"), ServerUnable);
    CHECK(database.why_unwritable() == "");  // memory: nothing that only a person can change
    CHECK_THROWS_AS(raise(database, "53100"), ServerUnable);
    CHECK(database.why_unwritable().find("the disk is full") != std::string::npos);
    CHECK(database.why_unwritable() == "");
    CHECK(ask(database, "SELECT count(*) FROM pg_largeobject_metadata") == "0");
  }
  // A disk that stays full, for the write that is tried.
  test::query(url,
              "CREATE SCHEMA full_disk; CREATE FUNCTION full_disk.lo_from_bytea(oid, bytea) RETURNS oid "
              "LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = '53100'; END $$");
  const auto path = [&](const std::string& schemas) {
    test::query(url, "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = " + schemas +
                         "', current_database()); END $$");
  };
  path("full_disk, pg_catalog");
  {
    Database database(settings_for(url), "test", nullptr);
    CHECK_THROWS_AS(raise(database, "53100"), ServerUnable);
    for (int i = 0; i < 4; ++i)
      CHECK(database.why_unwritable().find("the disk is full") != std::string::npos);
    test::query(url, "DROP SCHEMA full_disk CASCADE");
    CHECK_THROWS_AS(raise(database, "53100"), ServerUnable);
    CHECK(database.why_unwritable() != "");
    CHECK(database.why_unwritable() == "");
  }
  test::query(url,
              "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', "
              "current_database()); END $$");
  Database database(settings_for(url), "test", nullptr);
  for (int i = 0; i < 2; ++i) CHECK(database.why_unwritable().find("read-only") != std::string::npos);
}

TEST_CASE("a transaction that hid an error from us is not told as committed") {
  auto& server = test::shared_postgres();
  const auto url = server.create_database();
  test::query(url, "CREATE TABLE notes (text text)");
  Database database(settings_for(url), "test", nullptr);
  CHECK_THROWS_AS(database.transaction([](Pipeline& pipeline) {
    pipeline.execute("INSERT INTO notes VALUES ('lost')");
    CHECK_THROWS_AS(pipeline.execute("SELECT 1/0"), SqlError);
  }),
                  base::Error);
  CHECK(ask(database, "SELECT count(*) FROM notes") == "0");
}

TEST_CASE("a migration may change tables under statements that are kept") {
  auto& server = test::shared_postgres();
  const auto url = server.create_database();
  test::query(url, "CREATE TABLE notes (number int); INSERT INTO notes VALUES (1)");
  Database database(settings_for(url), "test", nullptr);
  const auto read = [&] {
    std::string value;
    database.transaction([&](Pipeline& pipeline) {
      value = pipeline.execute("SELECT number FROM notes WHERE number > $1", {"0"}).at(0, 0);
    });
    return value;
  };
  CHECK(read() == "1");
  test::query(url, "ALTER TABLE notes ADD COLUMN text text DEFAULT 'x'; CREATE INDEX ON notes (number)");
  CHECK(read() == "1");
  test::query(url, "ALTER TABLE notes ALTER COLUMN number TYPE bigint");
  CHECK_THROWS_AS(read(), SqlError);  // once: its type is another one
  CHECK(read() == "1");
}

TEST_CASE("where kept statements get lost, as behind a pooler that does not show, none are kept any more") {
  Database database(settings_for(test::shared_postgres().create_database()), "test", nullptr);
  const auto kept = [&] {
    std::string count;
    database.use([&](Connection& connection) {
      count = connection.execute("SELECT count(*) FROM pg_prepared_statements").at(0, 0);
    });
    return count;
  };
  CHECK(ask(database, "SELECT 1") == "1");
  CHECK(kept() == "1");
  database.use([](Connection& connection) { connection.execute("DEALLOCATE ALL"); });
  CHECK_THROWS_AS(ask(database, "SELECT 1"), SqlError);
  for (int i = 0; i < 3; ++i) CHECK(ask(database, "SELECT 1") == "1");
  CHECK(kept() == "0");
}

TEST_CASE("behind PgBouncer in transaction mode nothing leaks into another's session") {
  test::PrivatePostgres server;
  test::PrivatePgBouncer bouncer(server, "transaction");
  Database database(settings_for(bouncer.url("postgres")), "test", nullptr);
  fill(database);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 25; ++i) {
        database.transaction([&](Pipeline& pipeline) {
          CHECK(pipeline.execute("SELECT $1::int + 1", {std::to_string(t)}).at(0, 0) ==
                std::to_string(t + 1));
        });
        CHECK(ask(database, "SHOW statement_timeout") == "0");
      }
    });
  }
  for (auto& thread : threads) thread.join();
}

TEST_CASE("an interrupt ends the wait for a server that does not answer") {
  test::PrivatePostgres server;
  base::Interrupt closing;
  auto settings = settings_for(server.tcp_url());
  settings.statement_timeout = 60s;
  Database database(settings, "test", &closing);
  ask(database, "SELECT 1");
  std::thread closer([&] {
    while (database.state().lent == 0) std::this_thread::yield();
    closing.raise(15);
  });
  CHECK_THROWS_AS(ask(database, "SELECT pg_sleep(60)"), base::Error);
  closer.join();
}

}  // namespace
}  // namespace bigocean::sql::database_test
