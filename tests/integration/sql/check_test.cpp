// check-db against real databases in good and bad states.
#include "sql/check.hpp"

#include <doctest/doctest.h>

#include "tests/support/servers.hpp"
#include "tests/support/stand_in.hpp"

using namespace bigocean;
using namespace std::chrono_literals;
using namespace std::string_literals;
using base::CheckLevel;

namespace {

config::Settings settings() {
  config::Settings value;
  value.database.connect_timeout = 5s;
  value.database.statement_timeout = 30s;
  value.database.version_min = 16;
  value.migrate.schema = "bigocean";
  return value;
}

base::CheckReport check(const std::string& url, const sql::CheckThresholds& thresholds = {},
                        const config::Settings& with = settings()) {
  return sql::check(config::Secret(url), with, nullptr, thresholds);
}

base::Check row(const base::CheckReport& report, std::string_view id) {
  const auto* found = report.find(id);
  REQUIRE_MESSAGE(found != nullptr, "no row " << std::string(id) << "; " << report.reason());
  return *found;
}

CheckLevel level(const base::CheckReport& report, std::string_view id) { return row(report, id).level; }

bool says(const base::Check& check, std::string_view part) {
  return (check.observed + check.remedy).find(part) != std::string::npos;
}

/// The report's one failed connection stage; every later one was not reached.
base::Check failed_stage(const base::CheckReport& report, std::string_view id) {
  CHECK(report.exit_code() == base::ExitCode::kUnreachable);
  bool reached = true;
  for (const char* stage : {"resolve", "tcp", "tls", "authentication", "database"}) {
    CAPTURE(stage);
    if (stage == id) {
      CHECK(level(report, stage) == CheckLevel::kFail);
      reached = false;
    } else {
      CHECK(level(report, stage) == (reached ? CheckLevel::kOk : CheckLevel::kSkipped));
    }
  }
  return row(report, id);
}

std::string with_parameter(const std::string& url, const std::string& parameter) {
  return url + (url.find('?') == std::string::npos ? "?" : "&") + parameter;
}

}  // namespace

TEST_CASE("a healthy database: only the first migrate is still to come") {
  const auto report = check(test::shared_postgres().create_database());
  CHECK(report.exit_code() == base::ExitCode::kDone);
  CHECK(report.checks.size() > 20);
  for (const auto& one : report.checks) {
    CAPTURE(one.id);
    CAPTURE(one.observed);
    if (one.id == "migrations") {
      CHECK(one.level == CheckLevel::kWarn);
      CHECK(says(one, "pending"));
    } else {
      CHECK((one.level == CheckLevel::kOk || one.level == CheckLevel::kInfo));
    }
  }
}

TEST_CASE("passwords, databases and privileges are told apart") {
  test::PostgresOptions options;
  options.hba = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256";
  const test::PrivatePostgres server(options);
  test::query(server.url(), "CREATE ROLE app LOGIN PASSWORD 'right-password'");
  test::query(server.url(), "CREATE DATABASE closed");
  test::query(server.url(), "REVOKE CONNECT ON DATABASE closed FROM public");
  test::query(server.url(), "CREATE ROLE crowded LOGIN CONNECTION LIMIT 0");

  const auto wrong = check(server.tcp_url("postgres", "app", "wrong-password"));
  const auto password = failed_stage(wrong, "authentication");
  CHECK(says(password, "28P01"));
  CHECK_FALSE(wrong.can_heal());
  for (const auto& one : wrong.checks) CHECK_FALSE(says(one, "wrong-password"));
  CHECK(wrong.target.find("wrong-password") == std::string::npos);

  failed_stage(check(server.tcp_url("postgres", "app")), "authentication");

  const auto missing = check(server.tcp_url("nowhere", "app", "right-password"));
  CHECK(says(failed_stage(missing, "database"), "3D000"));
  CHECK_FALSE(missing.can_heal());

  CHECK(says(failed_stage(check(server.tcp_url("closed", "app", "right-password")), "database"), "42501"));

  const auto crowded = check(server.url("postgres", "crowded"));
  CHECK(says(failed_stage(crowded, "database"), "53300"));
  CHECK(crowded.can_heal());

  // The right password, but a role that may neither create a schema nor see other sessions.
  const auto plain = check(server.tcp_url("postgres", "app", "right-password"));
  CHECK(plain.exit_code() == base::ExitCode::kCheckFailed);
  CHECK(level(plain, "privilege.schema") == CheckLevel::kFail);
  CHECK(says(row(plain, "privilege.history"), "GRANT CREATE ON DATABASE"));
  CHECK(level(plain, "idle_in_transaction") == CheckLevel::kSkipped);
  CHECK(level(plain, "long_transactions") == CheckLevel::kSkipped);
}

TEST_CASE("TLS wanted by one side only") {
  const std::string plain_server = test::shared_postgres().tcp_url();
  failed_stage(check(with_parameter(plain_server, "sslmode=require")), "tls");

  test::PostgresOptions options;
  options.tls = true;
  options.hba = "local all all trust\nhostssl all all 127.0.0.1/32 trust";
  const test::PrivatePostgres server(options);
  const auto refused = check(with_parameter(server.tcp_url(), "sslmode=disable"));
  CHECK(says(failed_stage(refused, "authentication"), "sslmode=require"));
  failed_stage(check(with_parameter(server.tcp_url(), "sslmode=verify-full")), "tls");
  const auto encrypted = check(with_parameter(server.tcp_url(), "sslmode=require"));
  CHECK(level(encrypted, "encryption") == CheckLevel::kOk);
}

TEST_CASE("servers that are none end within the time-out") {
  auto quick = settings();
  quick.database.connect_timeout = 500ms;
  const auto url = [](int port) { return "postgresql://app@127.0.0.1:" + std::to_string(port) + "/app"; };
  SUBCASE("refused") {
    const auto report = check(url(test::free_port()));
    CHECK(says(failed_stage(report, "tcp"), "refused"));
    CHECK(report.can_heal());
  }
  SUBCASE("not resolvable") {
    const auto report = check("postgresql://app@no-such-host.invalid/app");
    failed_stage(report, "resolve");
    CHECK(report.can_heal());
  }
  SUBCASE("silent") {
    const test::StandIn silent(test::Habit::kSilent);
    const auto begin = std::chrono::steady_clock::now();
    const auto report = check(url(silent.port()), {}, quick);
    CHECK(std::chrono::steady_clock::now() - begin < 5s);
    CHECK(report.exit_code() == base::ExitCode::kUnreachable);
    CHECK(level(report, "resolve") == CheckLevel::kOk);
    CHECK(level(report, "database") == CheckLevel::kSkipped);
    CHECK(report.can_heal());
  }
  SUBCASE("one byte at a time, for ever") {
    const test::StandIn drip(test::Habit::kDrip, "R");
    CHECK(check(url(drip.port()), {}, quick).exit_code() == base::ExitCode::kUnreachable);
  }
  SUBCASE("HTTP") {
    const test::StandIn http(test::Habit::kAnswer, "HTTP/1.1 400 Bad Request\r\n\r\n");
    const auto report = check(url(http.port()), {}, quick);
    CHECK(report.exit_code() == base::ExitCode::kUnreachable);
    CHECK_FALSE(report.can_heal());
  }
  SUBCASE("starting up") {
    const std::string body = "SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0"s;
    const std::string head{'E', 0, 0, 0, static_cast<char>(body.size() + 4)};
    const test::StandIn starting(test::Habit::kAnswer, head + body);
    const auto report = check(with_parameter(url(starting.port()), "sslmode=disable"));
    CHECK(says(failed_stage(report, "database"), "57P03"));
    CHECK(report.can_heal());
  }
}

TEST_CASE("version floor, encoding, read-only") {
  auto& server = test::shared_postgres();
  auto strict = settings();
  strict.database.version_min = 99;
  const auto old = check(server.url(), {}, strict);
  CHECK(old.exit_code() == base::ExitCode::kCheckFailed);
  CHECK(row(old, "version").expected == "99 or newer");

  test::query(server.url(),
              "CREATE DATABASE ascii ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
  const auto ascii = check(server.url("ascii"));
  CHECK(ascii.exit_code() == base::ExitCode::kCheckFailed);
  CHECK(row(ascii, "encoding").observed == "SQL_ASCII");
  CHECK(ascii.reason().find("encoding: SQL_ASCII, expected UTF8") == 0);

  const auto url = server.create_database();
  const auto name = test::query(url, "SELECT current_database()")[0][0];
  test::query(url, "ALTER DATABASE " + name + " SET default_transaction_read_only = on");
  const auto read_only = check(url);
  CHECK(level(read_only, "writable") == CheckLevel::kFail);
  CHECK(says(row(read_only, "writable"), "RESET default_transaction_read_only"));
  CHECK_FALSE(read_only.can_heal());
}

TEST_CASE("no schema, and tables that belong to somebody else") {
  auto& server = test::shared_postgres();
  const auto url = server.create_database();
  const auto nowhere = check(with_parameter(url, "options=-csearch_path%3Dnowhere"));
  CHECK(level(nowhere, "schema") == CheckLevel::kFail);
  CHECK(says(row(nowhere, "schema"), "nowhere"));
  CHECK(level(nowhere, "privilege.schema") == CheckLevel::kSkipped);

  const auto name = test::query(url, "SELECT current_database()")[0][0];
  test::query(
      url,
      "CREATE ROLE owner_test LOGIN; GRANT CREATE ON SCHEMA public TO owner_test;"
      "CREATE SCHEMA bigocean; CREATE TABLE public.theirs (id int); CREATE TABLE bigocean.alien (id int);");
  const auto report = check(server.url(name, "owner_test"));
  CHECK(level(report, "privilege.schema") == CheckLevel::kOk);
  CHECK(says(row(report, "privilege.history"), "ON SCHEMA \"bigocean\""));
  CHECK(level(report, "ownership") == CheckLevel::kFail);
  CHECK(says(row(report, "ownership"), "theirs (of postgres)"));
  CHECK(says(row(report, "ownership"), "bigocean.alien (of postgres)"));
}

TEST_CASE("what makes migrations wait") {
  test::PostgresOptions options;
  options.settings["max_prepared_transactions"] = "2";
  const test::PrivatePostgres server(options);
  const auto url = server.url();
  test::query(url,
              "CREATE TABLE t (id int); CREATE INDEX broken ON t (id);"
              "ALTER TABLE t ADD CONSTRAINT positive CHECK (id > 0) NOT VALID;"
              "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'broken'::regclass");
  test::Session idle(url);
  idle.run("BEGIN");
  idle.run("SELECT 1");
  test::Session preparing(url);
  preparing.run("BEGIN; CREATE TABLE p (id int); PREPARE TRANSACTION 'left'");

  sql::CheckThresholds none;
  none.idle_in_transaction = none.transaction = none.prepared_transaction = 0ms;
  none.transaction_id_age = 0;
  none.connections_free = 100'000;
  const auto report = check(url, none);
  CHECK(report.exit_code() == base::ExitCode::kDone);
  for (const char* id : {"idle_in_transaction", "long_transactions", "prepared_transactions",
                         "transaction_ids", "connections", "invalid_indexes", "not_valid_constraints"}) {
    CAPTURE(id);
    CHECK(level(report, id) == CheckLevel::kWarn);
    CHECK_FALSE(row(report, id).remedy.empty());
  }
  CHECK(row(report, "invalid_indexes").observed == "broken");
  CHECK(says(row(report, "not_valid_constraints"), "positive on t"));
  CHECK(says(row(report, "idle_in_transaction"), "pid "));
  // The same state with the real thresholds: nothing is old enough.
  const auto calm = check(url);
  CHECK(level(calm, "idle_in_transaction") == CheckLevel::kOk);
  CHECK(level(calm, "prepared_transactions") == CheckLevel::kOk);
}

TEST_CASE("limits of the role count before the server's") {
  auto& server = test::shared_postgres();
  test::query(server.url(), "CREATE ROLE narrow LOGIN CONNECTION LIMIT 3");
  const auto report = check(server.url("postgres", "narrow"));
  CHECK(level(report, "connections") == CheckLevel::kWarn);
  CHECK(says(row(report, "connections"), "1 of 3 the role's"));
}

TEST_CASE("a pooler in the way is seen") {
  auto& server = test::shared_postgres();
  const auto name = test::query(server.create_database(), "SELECT current_database()")[0][0];
  const test::PrivatePgBouncer pooler(server, "transaction");
  const auto report = check(pooler.url(name));
  CHECK(level(report, "pooler") == CheckLevel::kWarn);
  CHECK(says(row(report, "pooler"), "DATABASE_UNPOOLED_URL"));
}
