// Parameters from a URL, a service file and the environment, as psql would understand them; and how cancel
// requests are sent.
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <future>
#include <thread>

#include "config/libpq.hpp"
#include "config/url.hpp"
#include "sql/postgres/connection.hpp"
#include "tests/support/cut_proxy.hpp"
#include "tests/support/servers.hpp"
#include "tests/support/temp_dir.hpp"

namespace connection_parameters_test {

namespace {

using namespace bigocean;
using sql::Connection;

Connection connect(const std::string& url) {
  sql::ConnectOptions options;
  options.timeout = std::chrono::seconds(15);
  return Connection::connect(config::Secret(url), options);
}

/// Sets a variable while it lives.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) { ::setenv(name, value.c_str(), 1); }
  ~Variable() { ::unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
};

}  // namespace

TEST_CASE("a service's host, port, user and settings are used, and the URL's own values win") {
  auto& postgres = test::shared_postgres();
  const test::TempDir folder;
  const auto file =
      folder.write("services.conf", "[app]\nhost=127.0.0.1\nport=" + std::to_string(postgres.port()) +
                                        "\nuser=postgres\ndbname=template1\nsslmode=disable\n"
                                        "options=-c work_mem=3MB\n");
  const Variable services("PGSERVICEFILE", file);
  for (const std::string url : {"postgresql:///?service=app", "service=app"}) {
    auto connection = connect(url);
    CHECK(connection.host() == "127.0.0.1");
    CHECK(connection.database() == "template1");
    CHECK(connection.execute("SHOW work_mem").at(0, 0) == "3MB");
  }
  CHECK(connect("postgresql:///postgres?service=app").database() == "postgres");
  CHECK(connect("service=app channel_binding=disable").database() == "template1");
  {
    const Variable service("PGSERVICE", "app");
    CHECK(connect("postgresql://").database() == "template1");
  }
  try {
    connect("service=nowhere");
    FAIL("connected");
  } catch (const sql::ConnectError& error) {
    CHECK(error.code == base::ExitCode::kUsage);
    CHECK(error.message.find("nowhere") != std::string::npos);
    CHECK(error.hint.find("PGSERVICEFILE") != std::string::npos);
  }
}

TEST_CASE(
    "brackets in a password are a part of it in keyword=value pairs; a template's placeholder in a URL is "
    "found") {
  for (const std::string value : {"host=db user=app password=ab[cd]ef", "host=db password='[secret word]'",
                                  "user=app password=<hidden> host=db"}) {
    CHECK_FALSE(config::check_database_url(value));
  }
  for (const std::string value : {"postgresql://postgres:[YOUR-PASSWORD]@db:5432/postgres"}) {
    CHECK(config::check_database_url(value));
  }
}

TEST_CASE("the session speaks UTF-8, whatever the URL or the environment asks for") {
  const auto url = test::shared_postgres().tcp_url();
  CHECK(connect(url + (url.find('?') == std::string::npos ? "?" : "&") + "client_encoding=LATIN1")
            .parameter("client_encoding") == "UTF8");
  const Variable encoding("PGCLIENTENCODING", "LATIN1");
  CHECK(connect(url).parameter("client_encoding") == "UTF8");
}

TEST_CASE(
    "a cancel request stops the statement, also through a proxy and with TLS, where libpq can encrypt it") {
  test::PostgresOptions options;
  options.tls = true;
  test::PrivatePostgres postgres(options);
  const test::CutProxy proxy(postgres.port(), -1);
  for (const std::string mode : {"require", "disable"}) {
    auto connection = connect("postgresql://postgres@127.0.0.1:" + std::to_string(proxy.port()) +
                              "/postgres?sslmode=" + mode);
    CHECK(connection.tls_version().empty() == (mode == "disable"));
    Connection::Limits limits;
    limits.timeout = std::chrono::milliseconds(200);
    CHECK_THROWS_AS(connection.execute("SELECT pg_sleep(600)", limits), sql::SqlError);
    CHECK(connection.execute("SELECT 1").at(0, 0) == "1");
  }
  // What stood first on the cancel's own connection: a request for TLS, or the request itself in clear text.
  const auto seen = proxy.first_words();
  REQUIRE(seen.size() == 4);
  constexpr std::uint32_t kTls = 80877103, kCancel = 80877102;
  CHECK(seen[0] == kTls);
  CHECK(seen[1] == (config::libpq().cancel ? kTls : kCancel));
  CHECK(seen[3] == kCancel);
}

}  // namespace connection_parameters_test
