// The libpq connection on a real server: results, errors, COPY, notices, limits, signals, a server that dies.
#include <doctest/doctest.h>

#include <csignal>

#include "base/interrupt.hpp"
#include "sql/postgres/connection.hpp"
#include "tests/support/servers.hpp"
#include "tests/support/stand_in.hpp"

namespace connection_test {

namespace {

using namespace bigocean;
using sql::Connection;
using std::chrono::milliseconds;

Connection connect(const std::string& url, const base::Interrupt* interrupt = nullptr) {
  sql::ConnectOptions options;
  options.application_name = "connection test";
  options.timeout = std::chrono::seconds(15);
  options.interrupt = interrupt;
  return Connection::connect(config::Secret(url), options);
}

Connection connect() { return connect(test::shared_postgres().url()); }

template <typename Error, typename Act>
Error caught(Act act) {
  try {
    act();
  } catch (const Error& error) {
    return error;
  }
  throw std::runtime_error("no such error came");
}

}  // namespace

TEST_CASE("rows, NULL, several statements in one message, parameters") {
  auto connection = connect();
  const auto rows = connection.execute("SELECT 1 AS one, NULL AS none; SELECT 'a' AS letter, ''");
  CHECK(rows.columns == std::vector<std::string>{"letter", "?column?"});
  CHECK(rows.at(0, 0) == "a");
  CHECK(rows.at(0, 1).empty());
  const auto all = connection.execute_all("SELECT 1, NULL; SELECT 2 WHERE false; SELECT 3", {});
  REQUIRE(all.size() == 3);
  CHECK_FALSE(all[0].rows.at(0).at(1).has_value());
  CHECK(all[1].rows.empty());
  CHECK_THROWS_AS(all[0].at(0, 1), base::Error);
  const auto typed =
      connection.execute_pipeline({{"SELECT $1::int + 1, $2::text", {"41", std::nullopt}}}, {}).front();
  CHECK(typed.at(0, 0) == "42");
  CHECK_FALSE(typed.rows[0][1].has_value());
  CHECK(connection.execute("SELECT current_setting('application_name')").at(0, 0) == "connection test");
}

TEST_CASE(
    "an error has its state, its position in characters, and the number of statements that ran before") {
  auto connection = connect();
  const auto syntax = caught<sql::SqlError>([&] { connection.execute("SELECT 'é'; SELECT oops"); });
  CHECK(syntax.code == base::ExitCode::kSqlError);
  CHECK(syntax.sqlstate == "42703");
  CHECK(syntax.position == 20);
  CHECK(syntax.completed == 1);
  connection.execute("CREATE TEMP TABLE t (n int CONSTRAINT positive CHECK (n > 0))");
  const auto check =
      caught<sql::SqlError>([&] { connection.execute("SELECT 1; SELECT 2; INSERT INTO t VALUES (0)"); });
  CHECK(check.constraint == "positive");
  CHECK(check.completed == 2);
  CHECK(check.position == 0);
  CHECK(connection.execute("SELECT 1").at(0, 0) == "1");  // the connection is still good
}

TEST_CASE(
    "COPY: data in, data out is thrown away, an error names its line, data that is missing is an error") {
  auto connection = connect();
  connection.execute("CREATE TEMP TABLE t (n int, what text)");
  std::string data;
  for (int i = 0; i < 50'000; ++i) data += std::to_string(i) + "\tsome text of a row\n";
  std::size_t reported = 0;
  connection.copy_in("COPY t FROM STDIN", data, {}, [&](std::size_t bytes) { reported = bytes; });
  CHECK(reported == data.size());
  CHECK(connection.execute("SELECT count(*) FROM t").at(0, 0) == "50000");
  connection.execute("COPY t TO STDOUT");
  const auto wrong =
      caught<sql::SqlError>([&] { connection.copy_in("COPY t FROM STDIN", "1\ta\nx\tb\n", {}); });
  CHECK(wrong.sqlstate == "22P02");
  CHECK(wrong.context.find("COPY t, line 2, column n") == 0);
  CHECK_THROWS_AS(connection.copy_in("COPY missing FROM STDIN", "1\n", {}), sql::SqlError);
  CHECK_THROWS_AS(connection.execute("COPY t FROM STDIN"), sql::SqlError);
  CHECK(connection.execute("SELECT count(*) FROM t").at(0, 0) == "50000");
}

TEST_CASE("notices go to the sink") {
  auto connection = connect();
  std::string seen;
  connection.on_notice(
      [&](const std::string& severity, const std::string& text) { seen += severity + ":" + text + ";"; });
  connection.execute("DO $$ BEGIN RAISE NOTICE 'one'; RAISE WARNING 'two'; END $$");
  CHECK(seen == "NOTICE:one;WARNING:two;");
}

TEST_CASE("quoting survives every character") {
  auto connection = connect();
  const std::string nasty = "it's; \\ \"quoted\" $$ ü -- /*";
  CHECK(connection.execute("SELECT " + connection.quote_literal(nasty)).at(0, 0) == nasty);
  CHECK(connection.execute("SELECT 1 AS " + connection.quote_identifier(nasty)).columns.at(0) == nasty);
}

TEST_CASE("a limit cancels on the server; on_wait is called meanwhile; the connection stays good") {
  auto connection = connect();
  int calls = 0;
  Connection::Limits limits;
  limits.timeout = milliseconds(400);
  limits.on_wait = [&] { ++calls; };
  limits.on_wait_period = milliseconds(50);
  const auto late = caught<sql::SqlError>([&] { connection.execute("SELECT pg_sleep(600)", limits); });
  CHECK(late.sqlstate == "57014");
  CHECK(calls >= 2);
  CHECK(connection.execute("SELECT 1").at(0, 0) == "1");
  const auto running = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND pid = " +
                       std::to_string(connection.backend_pid());
  CHECK(test::query(test::shared_postgres().url(), running).at(0).at(0) == "0");
}

TEST_CASE("a signal cancels on the server, and only what may ignore it still runs") {
  const base::SignalInterrupt interrupt;
  auto connection = connect(test::shared_postgres().url(), &interrupt);
  connection.execute("BEGIN");
  Connection::Limits limits;
  limits.on_wait_period = milliseconds(20);
  limits.on_wait = [] { std::raise(SIGTERM); };
  const auto stopped = caught<base::Error>([&] { connection.execute("SELECT pg_sleep(600)", limits); });
  CHECK(stopped.code == base::ExitCode::kTerminated);
  CHECK(connection.transaction_failed());
  CHECK_THROWS_AS(connection.execute("SELECT 1"), base::Error);
  Connection::Limits cleaning;
  cleaning.ignore_interrupt = true;
  cleaning.timeout = std::chrono::seconds(10);
  connection.execute("ROLLBACK", cleaning);
  CHECK_FALSE(connection.in_transaction());
}

TEST_CASE("a session that is ended, and a server that is, are a lost connection") {
  test::PrivatePostgres postgres;
  auto ended = connect(postgres.url());
  test::query(postgres.url(), "SELECT pg_terminate_backend(" + std::to_string(ended.backend_pid()) + ")");
  const auto lost = caught<sql::ConnectionLost>([&] { ended.execute("SELECT 1"); });
  CHECK(lost.code == base::ExitCode::kUnreachable);
  auto other = connect(postgres.url());
  postgres.stop();
  CHECK_THROWS_AS(other.execute("SELECT 1"), sql::ConnectionLost);
  const auto refused = caught<sql::ConnectError>([&] { connect(postgres.tcp_url()); });
  CHECK(refused.transient);
  CHECK(refused.stage == sql::ConnectStage::kTcp);
}

TEST_CASE("why a connection failed is told apart by the server's own code") {
  test::PostgresOptions options;
  options.hba = "local all all trust\nhost all all all scram-sha-256\n";
  test::PrivatePostgres postgres(options);
  test::query(postgres.url(), "CREATE ROLE app LOGIN PASSWORD 'right'");
  const auto password =
      caught<sql::ConnectError>([&] { connect(postgres.tcp_url("postgres", "app", "wrong")); });
  CHECK(password.sqlstate == "28P01");
  CHECK(password.stage == sql::ConnectStage::kAuthentication);
  CHECK_FALSE(password.transient);
  CHECK(password.message.find("wrong") == std::string::npos);
  const auto database = caught<sql::ConnectError>([&] { connect(postgres.url("missing")); });
  CHECK(database.sqlstate == "3D000");
  CHECK(database.stage == sql::ConnectStage::kDatabase);
  CHECK_FALSE(database.transient);
  const auto role = caught<sql::ConnectError>([&] { connect(postgres.url("postgres", "nobody_here")); });
  CHECK(role.sqlstate == "28000");
}

TEST_CASE("a silent or foreign server is given up in time, a malformed URL at once") {
  const test::StandIn silent(test::Habit::kSilent);
  sql::ConnectOptions options;
  options.timeout = milliseconds(600);
  const auto url = [](const test::StandIn& server) {
    return config::Secret("postgresql://app@127.0.0.1:" + std::to_string(server.port()) + "/app");
  };
  const auto quiet = caught<sql::ConnectError>([&] { Connection::connect(url(silent), options); });
  CHECK(quiet.code == base::ExitCode::kUnreachable);
  CHECK(quiet.message.find("600ms") != std::string::npos);
  const test::StandIn web(test::Habit::kAnswer, "HTTP/1.1 400 Bad Request\r\n\r\n");
  const auto foreign = caught<sql::ConnectError>([&] { Connection::connect(url(web), options); });
  CHECK_FALSE(foreign.transient);
  const auto malformed = caught<sql::ConnectError>([&] { connect("postgresql://app:s3cret@host:port/app"); });
  CHECK(malformed.code == base::ExitCode::kUsage);
  CHECK(malformed.message.find("s3cret") == std::string::npos);
}

}  // namespace connection_test
