// check-db against servers that cannot be connected to: which stage fails, and whether time may fix it.
#include <doctest/doctest.h>

#include "sql/check/check.hpp"
#include "tests/support/check_expectation.hpp"
#include "tests/support/servers.hpp"
#include "tests/support/stand_in.hpp"

namespace check_connect_test {

using namespace bigocean;
using namespace bigocean::test;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

base::CheckReport check(const std::string& url, std::chrono::milliseconds timeout = 10s) {
  auto settings = default_settings();
  settings.database.url = config::Secret(url);
  settings.database.connect_timeout = timeout;
  return sql::check(settings, nullptr);
}

std::string local(int port, const std::string& parameters = "") {
  return "postgresql://app:hidden-pw@127.0.0.1:" + std::to_string(port) + "/app" + parameters;
}

}  // namespace

TEST_CASE("check-db: what listens there is not PostgreSQL, or nothing does") {
  const StandIn full(Habit::kFull), silent(Habit::kSilent), hang_up(Habit::kHangUp);
  const StandIn drip(Habit::kDrip, "R\0\0\0\x7f"s);
  const StandIn http(Habit::kAnswer, "HTTP/1.1 400 Bad Request\r\n\r\n");
  const StandIn tls(Habit::kAnswer, "\x15\x03\x01\x00\x02\x02\x46"s);
  struct Row {
    std::string url;
    Expected expected;
    std::chrono::milliseconds timeout = 10s;  ///< short where it has to pass
  };
  constexpr auto kShort = 700ms;
  for (const Row& row : {
           Row{"postgresql://app@no-such-host.invalid/app",
               unreachable("resolve", "no-such-host.invalid", true)},
           Row{local(free_port()), unreachable("tcp", "refused", true)},
           Row{"postgresql://app@/app?host=/nonexistent", unreachable("tcp", "no PostgreSQL listens", true)},
           Row{local(full.port()), unreachable("tcp", "no answer to the connection attempt", true), kShort},
           Row{local(silent.port()), unreachable("tls", "nothing answered", true), kShort},
           Row{local(silent.port(), "?sslmode=disable"),
               unreachable("authentication", "nothing answered", true), kShort},
           Row{local(drip.port(), "?sslmode=disable"),
               unreachable("authentication", "nothing answered", true), kShort},
           Row{local(hang_up.port()), unreachable("tls", "host and port", true)},
           Row{local(http.port()), unreachable("tls", "not PostgreSQL", false)},
           Row{local(http.port(), "?sslmode=disable"),
               unreachable("authentication", "not PostgreSQL", false)},
           Row{local(tls.port()), unreachable("tls", "not PostgreSQL", false)},
       }) {
    CAPTURE(row.url);
    const auto report = check(row.url, row.timeout);
    expect(report, row.expected);
    expect_hidden(report, "hidden-pw");
  }
}

TEST_CASE("check-db: who may come in, and to which database") {
  PostgresOptions options;
  options.hba = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256";
  options.settings = {{"max_connections", "6"}, {"superuser_reserved_connections", "3"}};
  const PrivatePostgres server(options);
  query(server.url(),
        "CREATE ROLE app LOGIN PASSWORD 'right'; CREATE ROLE crowded LOGIN CONNECTION LIMIT 0;"
        "CREATE ROLE barred NOLOGIN PASSWORD 'right'");
  query(server.url(), "CREATE DATABASE closed");
  query(server.url(), "REVOKE CONNECT ON DATABASE closed FROM public");
  struct Row {
    std::string url;
    Expected expected;
  };
  for (const Row& row : {
           Row{server.tcp_url("postgres", "app", "wrong"), unreachable("authentication", "28P01", false)},
           Row{server.tcp_url("postgres", "app"), unreachable("authentication", "no password", false)},
           Row{server.tcp_url("postgres", "nobody", "right"), unreachable("authentication", "28P01", false)},
           Row{server.tcp_url("postgres", "barred", "right"), unreachable("authentication", "28000", false)},
           Row{server.tcp_url("nowhere", "app", "right"), unreachable("database", "3D000", false)},
           Row{server.tcp_url("closed", "app", "right"), unreachable("database", "GRANT CONNECT", false)},
           Row{server.url("postgres", "crowded"), unreachable("database", "53300", true)},
           Row{server.tcp_url("postgres", "app", "right") + "?target_session_attrs=standby",
               unreachable("database", "target_session_attrs", true)},
       }) {
    CAPTURE(row.url);
    expect(check(row.url), row.expected);
  }
  const Session first(server.url()), second(server.url()), third(server.url());
  expect(check(server.tcp_url("postgres", "app", "right")), unreachable("database", "53300", true));
}

TEST_CASE("check-db: TLS that one side wants and the other has not, or does not trust") {
  PostgresOptions options;
  options.tls = true;
  options.hba = "local all all trust\nhostssl all all 127.0.0.1/32 trust";
  const PrivatePostgres server(options);
  const std::string plain = shared_postgres().tcp_url();
  const std::string trusted = "sslmode=verify-full&sslrootcert=" + server.certificate();
  struct Row {
    std::string url;
    Expected expected;
  };
  for (const Row& row : {
           Row{plain + "?sslmode=require", unreachable("tls", "has no TLS", false)},
           Row{server.tcp_url() + "?sslmode=disable",
               unreachable("authentication", "sslmode=require", false)},
           Row{server.tcp_url() + "?sslmode=verify-full", unreachable("tls", "sslrootcert", false)},
           Row{server.tcp_url() + "?sslmode=require", {"tls", CheckLevel::kOk, ExitCode::kDone, "TLSv1."}},
           Row{server.tcp_url() + "?" + trusted, {"encryption", CheckLevel::kOk, ExitCode::kDone, "TLSv1."}},
           Row{plain, {"encryption", CheckLevel::kInfo, ExitCode::kDone, "not encrypted"}},
       }) {
    CAPTURE(row.url);
    expect(check(row.url), row.expected);
  }
}

TEST_CASE("check-db: several hosts, each that was tried is listed") {
  const auto& server = shared_postgres();
  const std::string dead = "127.0.0.1:" + std::to_string(free_port());
  const std::string live = "127.0.0.1:" + std::to_string(server.port());
  const auto found = check("postgresql://postgres@" + dead + "," + live + "/postgres");
  expect(found, {"tcp", CheckLevel::kOk, ExitCode::kDone, "; before it 127.0.0.1 port"});
  expect(found, {"resolve", CheckLevel::kOk, ExitCode::kDone, ", 127.0.0.1 port"});

  const auto lost = check("postgresql://postgres@" + dead + "," + dead + "/postgres");
  expect(lost, unreachable("tcp", "; tried 127.0.0.1 port", true));

  // A standby is wanted but need not be: the primary will do.
  expect(
      check("postgresql://postgres@" + dead + "," + live + "/postgres?target_session_attrs=prefer-standby"),
      {"database", CheckLevel::kOk, ExitCode::kDone, "postgres"});
}

TEST_CASE("check-db: a server that is starting up") {
  const std::string body = "SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0"s;
  const std::string head{'E', 0, 0, 0, static_cast<char>(body.size() + 4)};
  const StandIn starting(Habit::kAnswer, head + body);
  expect(check(local(starting.port(), "?sslmode=disable")), unreachable("database", "57P03", true));
}

TEST_CASE("check-db: a URL that is none is a usage error") {
  CHECK_THROWS_AS(check("postgresql://app@db:x/app"), base::Error);
}

}  // namespace check_connect_test
