// check-db against databases that can be connected to, each in one bad state.
#include <doctest/doctest.h>

#include <fstream>

#include "sql/check/check.hpp"
#include "tests/support/check_expectation.hpp"
#include "tests/support/servers.hpp"

namespace check_facts_test {

using namespace bigocean;
using namespace bigocean::test;
using namespace std::chrono_literals;

namespace {

struct Database {
  std::string url = shared_postgres().create_database();
  std::string name = query(url, "SELECT current_database()")[0][0];
};

base::CheckReport check(const std::string& url, const config::Settings& settings = default_settings()) {
  auto with_url = settings;
  with_url.database.url = config::Secret(url);
  return sql::check(with_url, nullptr);
}

}  // namespace

TEST_CASE("check-db: a healthy database has every row, and only the first migrate is to come") {
  const auto report = check(Database().url);
  expect_ids(report, sql::check_ids());
  for (const auto& one : report.checks) {
    CAPTURE(one.id);
    CAPTURE(one.observed);
    const bool good = one.level == CheckLevel::kOk || one.level == CheckLevel::kInfo;
    CHECK(good == (one.id != "migrations"));
  }
  expect(report, warns("migrations", "pending"));
}

TEST_CASE("check-db: one statement brings the database into a state, which one row tells") {
  struct Row {
    const char* sql;  ///< {db} is the database's name
    Expected expected;
  };
  for (const Row& row : {
           Row{"ALTER DATABASE {db} SET default_transaction_read_only = on",
               fails("writable", "RESET default_transaction_read_only")},
           Row{"ALTER DATABASE {db} SET search_path = nowhere", fails("schema", "nowhere")},
           Row{"ALTER DATABASE {db} SET statement_timeout = '1ms'",
               {"session", CheckLevel::kFail, ExitCode::kCheckFailed, "57014", true}},
           Row{"ALTER DATABASE {db} SET timezone = 'Europe/London'", warns("time_zone", "timezone = 'UTC'")},
           Row{"ALTER DATABASE {db} SET timezone = 'Africa/Abidjan'",
               {"time_zone", CheckLevel::kOk, ExitCode::kDone}},
           Row{"ALTER DATABASE {db} SET datestyle = 'German'",
               {"time_zone", CheckLevel::kOk, ExitCode::kDone}},
           Row{"UPDATE pg_database SET datcollversion = 'old' WHERE datname = '{db}'",
               warns("collation", "REFRESH COLLATION VERSION")},
           Row{"CREATE TABLE t (id int); CREATE INDEX broken ON t (id);"
               "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'broken'::regclass",
               warns("invalid_indexes", "broken REINDEX INDEX CONCURRENTLY broken")},
           Row{"CREATE TABLE t (id int); ALTER TABLE t ADD CONSTRAINT positive CHECK (id > 0) NOT VALID",
               warns("not_valid_constraints", "positive on t ALTER TABLE t VALIDATE CONSTRAINT positive")},
           Row{"CREATE DOMAIN few AS int; ALTER DOMAIN few ADD CONSTRAINT ten CHECK (VALUE < 10) NOT VALID",
               warns("not_valid_constraints", "ten on few ALTER DOMAIN few VALIDATE CONSTRAINT ten")},
           Row{"CREATE TABLE t (id serial); SELECT setval('t_id_seq', 2000000000)",
               warns("sequences", "t_id_seq at 2000000000 of 2147483647 ALTER SEQUENCE t_id_seq AS bigint")},
           Row{"CREATE SEQUENCE down INCREMENT -1 MINVALUE -10 MAXVALUE -1; SELECT setval('down', -9)",
               warns("sequences", "down at -9 of -10")},
           Row{"CREATE SEQUENCE round MAXVALUE 10 CYCLE; SELECT setval('round', 10)",
               {"sequences", CheckLevel::kOk, ExitCode::kDone}},
       }) {
    CAPTURE(row.sql);
    const Database database;
    std::string sql = row.sql;
    if (const auto at = sql.find("{db}"); at != sql.npos) sql.replace(at, 4, database.name);
    query(database.url, sql);
    expect(check(database.url), row.expected);
  }
}

TEST_CASE("check-db: encoding and version floor") {
  auto& server = shared_postgres();
  query(server.url(),
        "CREATE DATABASE ascii ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
  const auto ascii = check(server.url("ascii"));
  expect(ascii, fails("encoding", "SQL_ASCII"));
  CHECK(ascii.reason().find("encoding: SQL_ASCII, expected UTF8") == 0);

  auto strict = default_settings();
  strict.database.version_min = 99;
  expect(check(server.url(), strict), fails("version", "PostgreSQL 99 or newer"));
}

TEST_CASE("check-db: what a role may do, and what it may not see") {
  auto& server = shared_postgres();
  const Database database;
  query(database.url,
        "CREATE ROLE stranger LOGIN; CREATE ROLE tenant LOGIN CONNECTION LIMIT 3;"
        "GRANT CREATE ON SCHEMA public TO tenant; CREATE SCHEMA bigocean;"
        "CREATE TABLE public.theirs (id serial); CREATE TABLE bigocean.alien (id int)");
  const auto stranger = check(server.url(database.name, "stranger"));
  expect(stranger, fails("privilege.schema", "GRANT CREATE ON SCHEMA \"public\" TO \"stranger\""));
  expect(stranger, fails("privilege.history", "GRANT USAGE, CREATE ON SCHEMA \"bigocean\""));
  for (const char* id : {"idle_in_transaction", "long_transactions", "sequences"})
    expect(stranger, {id, CheckLevel::kSkipped, ExitCode::kCheckFailed, "GRANT "});

  const auto tenant = check(server.url(database.name, "tenant"));
  expect(tenant, {"privilege.schema", CheckLevel::kOk, ExitCode::kCheckFailed});
  expect(tenant, fails("ownership", "ALTER TABLE theirs OWNER TO tenant"));
  expect(tenant, fails("ownership", "bigocean.alien (of postgres)"));
  expect(tenant, {"connections", CheckLevel::kWarn, ExitCode::kCheckFailed, "1 of 3 the role's"});
  expect(check(server.url(Database().name, "stranger")),
         fails("privilege.history", "GRANT CREATE ON DATABASE"));
}

TEST_CASE("check-db: what makes migrations wait, and what fills the disk") {
  PostgresOptions options;
  options.settings = {{"max_prepared_transactions", "2"}, {"wal_level", "logical"}};
  const PrivatePostgres server(options);
  const auto url = server.url();
  Session idle(url), preparing(url);
  idle.run("BEGIN");
  idle.run("SELECT 1");
  preparing.run("BEGIN; CREATE TABLE p (id int); PREPARE TRANSACTION 'left'");
  query(url, "SELECT pg_create_physical_replication_slot('forgotten', true)");

  auto nothing_allowed = default_settings();
  nothing_allowed.check.idle_in_transaction = nothing_allowed.check.long_transaction =
      nothing_allowed.check.prepared_transaction = 0ms;
  nothing_allowed.check.transaction_id_age = nothing_allowed.check.slot_wal_bytes_max = 0;
  nothing_allowed.check.connections_free = 100'000;
  const auto report = check(url, nothing_allowed);
  expect(report, warns("idle_in_transaction", "SELECT pg_terminate_backend("));
  expect(report, warns("long_transactions", "SELECT pg_terminate_backend("));
  expect(report, warns("prepared_transactions", "left ROLLBACK PREPARED 'left'"));
  expect(report, warns("replication_slots", "SELECT pg_drop_replication_slot('forgotten')"));
  expect(report, warns("transaction_ids", "VACUUM"));
  expect(report, warns("connections", "the server's"));
  // The same state with the real thresholds: nothing is old or large enough.
  const auto calm = check(url);
  for (const char* id : {"idle_in_transaction", "long_transactions", "prepared_transactions",
                         "replication_slots", "transaction_ids", "connections"})
    expect(calm, {id, CheckLevel::kOk, ExitCode::kDone});
}

TEST_CASE("check-db: a standby") {
  PrivatePostgres server;
  const std::string data = query(server.url(), "SHOW data_directory")[0][0];
  server.stop(false);
  std::ofstream(data + "/standby.signal").close();
  server.start();
  expect(check(server.url()), {"writable", CheckLevel::kFail, ExitCode::kCheckFailed, "in recovery", true});
}

TEST_CASE("check-db: a pooler in the way, and the way around it") {
  auto& server = shared_postgres();
  const Database database;
  const PrivatePgBouncer pooler(server, "transaction");
  expect(check(pooler.url(database.name)), warns("pooler", "DATABASE_UNPOOLED_URL=${{Postgres."));
  auto settings = default_settings();
  settings.database.unpooled_url = config::Secret(database.url);
  expect(check(pooler.url(database.name), settings),
         {"pooler", CheckLevel::kOk, ExitCode::kDone, "migrations use"});
}

TEST_CASE("check-db: the schema as migrate status sees it") {
  struct Row {
    const char* sql;
    Expected expected;
  };
  for (const Row& row : {
           Row{"", {"migrations", CheckLevel::kOk, ExitCode::kDone, "current: 1"}},
           Row{"INSERT INTO bigocean.migrations (name, checksum) VALUES ('9_new', 'x')",
               warns("migrations", "ahead")},
           Row{"DELETE FROM bigocean.migrations", warns("migrations", "first 1_a")},
           Row{"UPDATE bigocean.migrations SET checksum = 'other'", fails("migrations", "edited")},
           Row{"UPDATE bigocean.migrations SET state = 'running'", fails("migrations", "half applied")},
       }) {
    CAPTURE(row.sql);
    const Database database;
    const TempDir folder;
    folder.write("1_a.sql", "SELECT 1;\n");
    ProcessOptions options;
    options.environment = {{"DATABASE_URL", database.url}, {"BIGOCEAN_MIGRATE_DIR", folder.path()}};
    REQUIRE(run({BIGOCEAN_BINARY, "migrate"}, options).exit_code == 0);
    query(database.url, row.sql);
    auto settings = default_settings();
    settings.migrate.dir = folder.path();
    expect(check(database.url, settings), row.expected);
  }
}

TEST_CASE("check-db: a synchronous standby that is away") {
  const PrivatePostgres server;
  expect(check(server.url()),
         {"synchronous_standby", CheckLevel::kInfo, ExitCode::kDone, "none is configured"});
  const auto set_names = [&](const std::string& names) {
    query(server.url(), "ALTER SYSTEM SET synchronous_standby_names = '" + names + "'");
    query(server.url(), "SELECT pg_reload_conf()");
    wait_until("the setting", 20s,
               [&] { return query(server.url(), "SHOW synchronous_standby_names")[0][0] == names; });
  };
  query(server.url(), "CREATE ROLE plain LOGIN");
  set_names("away");
  expect(check(server.url()), warns("synchronous_standby", "no synchronous standby is connected"));
  CHECK(check(server.url("postgres", "plain")).find("synchronous_standby")->level == CheckLevel::kSkipped);
  set_names("");  // as its remedy says
  expect(check(server.url()),
         {"synchronous_standby", CheckLevel::kInfo, ExitCode::kDone, "none is configured"});
}

TEST_CASE("check-db: WAL that is not archived") {
  const auto archiving = [](const std::string& command) {
    PostgresOptions options;
    options.settings = {{"archive_mode", "on"}, {"archive_command", command}};
    return options;
  };
  const auto switch_wal = [](const PrivatePostgres& server, const std::string& until) {
    query(server.url(), "DROP TABLE IF EXISTS t; CREATE TABLE t AS SELECT 1; SELECT pg_switch_wal()");
    wait_until(until, 20s, [&] {
      return query(server.url(), "SELECT " + until + " FROM pg_stat_archiver")[0][0] == "t";
    });
  };
  const PrivatePostgres failing(archiving("false"));
  switch_wal(failing, "failed_count > 0");
  expect(check(failing.url()), warns("archiving", "failed at 20"));
  // A later success is the end of it.
  query(failing.url(), "ALTER SYSTEM SET archive_command = 'true'");
  query(failing.url(), "SELECT pg_reload_conf()");
  switch_wal(failing, "last_archived_time > last_failed_time");
  expect(check(failing.url()),
         {"archiving", CheckLevel::kOk, ExitCode::kDone, "the last attempt did not fail"});

  const PrivatePostgres idle(archiving(""));
  expect(check(idle.url()), warns("archiving", "archive_command is empty"));
  query(idle.url(), "CREATE ROLE nobody LOGIN");
  const auto seen = check(idle.url("postgres", "nobody"));
  CHECK(seen.find("archiving")->level == CheckLevel::kWarn);
  expect(check(shared_postgres().url()),
         {"archiving", CheckLevel::kInfo, ExitCode::kDone, "archive_mode is off"});
}

TEST_CASE("check-db: logical replication, where it is expected") {
  auto settings = default_settings();
  settings.check.logical_replication = true;
  expect(check(shared_postgres().url()),
         {"logical_replication", CheckLevel::kInfo, ExitCode::kDone, "not expected"});
  expect(check(shared_postgres().url(), settings),
         fails("logical_replication", "ALTER SYSTEM SET wal_level = 'logical'"));
  PostgresOptions options;
  options.settings = {{"wal_level", "logical"}, {"max_replication_slots", "1"}};
  const PrivatePostgres server(options);
  expect(check(server.url(), settings),
         {"logical_replication", CheckLevel::kOk, ExitCode::kDone, "0 of 1 replication_slots"});
  query(server.url(), "SELECT pg_create_physical_replication_slot('last')");
  expect(check(server.url(), settings), fails("logical_replication",
                                              "1 of 1 replication_slots in use, 0 of 10 wal_senders in use "
                                              "ALTER SYSTEM SET max_replication_slots = 11"));
  query(server.url(), "CREATE ROLE nobody LOGIN");
  CHECK(check(server.url("postgres", "nobody"), settings).find("logical_replication")->level ==
        CheckLevel::kFail);
}

}  // namespace check_facts_test
