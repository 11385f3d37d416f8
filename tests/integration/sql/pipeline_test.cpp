// Statements in one round trip: order, errors, time-outs, a server that goes away.
#include "sql/postgres/pipeline.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "sql/postgres/values.hpp"
#include "tests/support/servers.hpp"

namespace bigocean::sql::pipeline_test {
namespace {

using namespace std::chrono_literals;

std::int64_t number(const Rows& rows) { return integer(rows.at(0, 0)); }

struct Piped {
  Connection connection = Connection::connect(config::Secret(test::shared_postgres().create_database()), {});
  Pipeline pipeline{connection, {.timeout = 30s, .on_wait = {}}};
};

TEST_CASE("nothing is sent before a result is needed; then all that was added, in its order") {
  Piped all;
  all.pipeline.add("CREATE TABLE notes (number int)");
  int reads = 0;
  const auto inserted =
      all.pipeline.add("INSERT INTO notes VALUES ($1), ($2)", {"1", "2"}, [&](const Rows& rows) {
        ++reads;
        return rows.command_tag;
      });
  const auto sum = all.pipeline.add("SELECT sum(number) FROM notes WHERE number < $1", {"10"}, number);
  CHECK(all.connection.execute("SELECT to_regclass('notes')").rows[0][0] == std::nullopt);
  CHECK(sum.get() == 3);
  CHECK(inserted.get() == "INSERT 0 2");
  CHECK(inserted.get() == "INSERT 0 2");
  CHECK(reads == 1);
  CHECK(all.pipeline.execute("SELECT $1::text", {std::nullopt}).rows[0][0] == std::nullopt);
  CHECK(Pending<int>::known(7).get() == 7);
  CHECK_NOTHROW(all.pipeline.send());
}

TEST_CASE("a statement that fails takes back those before it, and those after it are not run") {
  Piped all;
  all.connection.execute("CREATE TABLE notes (number int)");
  all.pipeline.add("INSERT INTO notes VALUES (1)");
  all.pipeline.add("SELECT 1/0");
  const auto after = all.pipeline.add("INSERT INTO notes VALUES (2) RETURNING number", {}, number);
  try {
    after.get();
    FAIL("nothing was refused");
  } catch (const SqlError& error) {
    CHECK(error.sqlstate == "22012");
    CHECK(error.completed == 1);
  }
  CHECK_THROWS_AS(after.get(), base::Error);
  CHECK_FALSE(all.connection.in_transaction());
  CHECK(number(all.pipeline.execute("SELECT count(*) FROM notes")) == 0);
}

TEST_CASE("a transaction block that fails in one round trip is left as failed") {
  Piped all;
  all.pipeline.add("BEGIN");
  all.pipeline.add("nonsense");
  all.pipeline.add("COMMIT");
  CHECK_THROWS_AS(all.pipeline.send(), SqlError);
  CHECK(all.connection.transaction_failed());
  all.connection.execute("ROLLBACK");
  CHECK(number(all.pipeline.execute("SELECT 1")) == 1);
}

TEST_CASE("large values in both directions do not make both sides wait") {
  Piped all;
  const std::string large(8'000'000, 'x');
  std::vector<Pending<std::size_t>> sizes;
  for (int i = 0; i < 4; ++i) {
    sizes.push_back(
        all.pipeline.add("SELECT $1::text", {large}, [](const Rows& rows) { return rows.at(0, 0).size(); }));
  }
  for (const auto& size : sizes) CHECK(size.get() == large.size());
}

TEST_CASE("a time-out cancels what runs, and the connection can be used again") {
  Piped all;
  Pipeline hasty(all.connection, {.timeout = 200ms, .on_wait = {}});
  hasty.add("SELECT 1");
  hasty.add("SELECT pg_sleep(60)");
  hasty.add("SELECT 2");
  try {
    hasty.send();
    FAIL("nothing ended it");
  } catch (const SqlError& error) {
    CHECK(error.sqlstate == "57014");
    CHECK(error.server_message.empty());
  }
  CHECK(all.connection.is_open());
  CHECK(number(all.pipeline.execute("SELECT 1")) == 1);
}

TEST_CASE("an answer that never comes leaves a connection that says so") {
  test::PrivatePostgres server;
  auto connection = Connection::connect(config::Secret(server.tcp_url()), {});
  Pipeline hasty(connection, {.timeout = 200ms, .on_wait = {}});
  hasty.add("SELECT 1");
  hasty.add("SELECT 2");
  server.pause();
  CHECK_THROWS_AS(hasty.send(), SqlError);
  server.resume();
  CHECK_FALSE(connection.is_open());
}

TEST_CASE("a server that goes down in the middle is a lost connection") {
  Piped all;
  all.pipeline.add("SELECT 1");
  all.pipeline.add("SELECT pg_terminate_backend(pg_backend_pid())");
  all.pipeline.add("SELECT pg_sleep(60)");
  CHECK_THROWS_AS(all.pipeline.send(), ConnectionLost);
  CHECK_FALSE(all.connection.is_open());
}

std::int64_t kept_in(Connection& connection) {
  return number(connection.execute("SELECT count(*) FROM pg_prepared_statements"));
}

TEST_CASE("the server keeps statements, each once, also those of a transaction that failed") {
  Piped all;
  all.connection.execute("CREATE TABLE notes (number int)");
  CHECK(all.connection.keep_statements({}));
  const auto insert = [&](const std::string& value) {
    return all.pipeline.add("INSERT INTO notes VALUES ($1) RETURNING 1 / number", {value}, number);
  };
  CHECK(insert("1").get() == 1);
  CHECK_THROWS_AS(insert("0").get(), SqlError);
  const auto twice = insert("1");
  CHECK(insert("2").get() == 0);
  CHECK(twice.get() == 1);
  CHECK(kept_in(all.connection) == 1);
  CHECK_THROWS_AS(all.pipeline.execute("nonsense"), SqlError);
  CHECK_THROWS_AS(all.pipeline.execute("nonsense"), SqlError);
  CHECK(kept_in(all.connection) == 1);
  for (int i = 0; i < 300; ++i) CHECK(number(all.pipeline.execute(fmt::format("SELECT {}", i))) == i);
  CHECK(kept_in(all.connection) == 200);
}

TEST_CASE("a time-out leaves no statement behind under a name that is used again") {
  Piped all;
  all.connection.keep_statements({});
  Pipeline hasty(all.connection, {.timeout = 200ms, .on_wait = {}});
  hasty.add("SELECT 1");
  hasty.add("SELECT pg_sleep(60)");
  CHECK_THROWS_AS(hasty.send(), SqlError);
  for (int i = 0; i < 3; ++i) {
    CHECK(number(all.pipeline.execute("SELECT 1")) == 1);
    CHECK(number(all.pipeline.execute("SELECT 2")) == 2);
  }
}

TEST_CASE("behind a pooler nothing is kept") {
  test::PrivatePostgres server;
  for (const auto* mode : {"transaction", "session"}) {
    CAPTURE(mode);
    test::PrivatePgBouncer bouncer(server, mode);
    auto connection = Connection::connect(config::Secret(bouncer.url("postgres")), {});
    CHECK_FALSE(connection.keep_statements({}));
    Pipeline pipeline(connection, {.timeout = 30s, .on_wait = {}});
    pipeline.add("BEGIN");
    const auto sum = pipeline.add("SELECT $1::int + 1", {"2"}, number);
    pipeline.add("COMMIT");
    CHECK(sum.get() == 3);
    CHECK(kept_in(connection) == 0);
  }
}

}  // namespace
}  // namespace bigocean::sql::pipeline_test
