// SQL over libpq for tests: one-off queries and sessions that stay open.
#include <libpq-fe.h>
#include <poll.h>

#include <chrono>
#include <stdexcept>

#include "tests/support/servers.hpp"

namespace bigocean::test {
namespace {

using std::chrono::steady_clock;
using Rows = std::vector<std::vector<std::string>>;

constexpr auto kConnectLimitSeconds = "15";
constexpr std::chrono::seconds kQueryLimit{60};

struct CloseConnection {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Connection = std::unique_ptr<PGconn, CloseConnection>;
using Result = std::unique_ptr<PGresult, ClearResult>;

Connection connect(const std::string& url) {
  const char* keys[] = {"connect_timeout", "dbname", nullptr};
  const char* values[] = {kConnectLimitSeconds, url.c_str(), nullptr};
  Connection connection(PQconnectdbParams(keys, values, 1));
  if (PQstatus(connection.get()) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(connection.get()));
  PQsetNoticeProcessor(
      connection.get(), [](void*, const char*) {}, nullptr);
  return connection;
}

void wait_for_result(PGconn* connection, steady_clock::time_point deadline) {
  while (PQisBusy(connection) != 0) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now());
    pollfd watched{PQsocket(connection), POLLIN, 0};
    if (left.count() <= 0 || poll(&watched, 1, static_cast<int>(left.count())) == 0) {
      throw std::runtime_error("a test's query did not end within 60 s");
    }
    if (PQconsumeInput(connection) == 0) throw std::runtime_error(PQerrorMessage(connection));
  }
}

Rows rows_of(const PGresult* result) {
  Rows rows;
  for (int row = 0; row < PQntuples(result); ++row) {
    auto& cells = rows.emplace_back();
    for (int column = 0; column < PQnfields(result); ++column) {
      cells.emplace_back(PQgetisnull(result, row, column) != 0 ? "(null)" : PQgetvalue(result, row, column));
    }
  }
  return rows;
}

Rows execute(PGconn* connection, const std::string& sql) {
  const auto deadline = steady_clock::now() + kQueryLimit;
  if (PQsendQuery(connection, sql.c_str()) == 0) throw std::runtime_error(PQerrorMessage(connection));
  Rows rows;
  std::string error;
  while (true) {
    wait_for_result(connection, deadline);
    const Result result(PQgetResult(connection));
    if (!result) break;
    switch (PQresultStatus(result.get())) {
      case PGRES_TUPLES_OK:
      case PGRES_COMMAND_OK:
      case PGRES_EMPTY_QUERY:
        rows = rows_of(result.get());
        break;
      case PGRES_COPY_IN:
        PQputCopyEnd(connection, "tests send no COPY data");
        break;
      default:
        error = PQresultErrorMessage(result.get());
    }
    if (PQstatus(connection) != CONNECTION_OK) break;
  }
  if (!error.empty()) throw std::runtime_error(error);
  return rows;
}

}  // namespace

Rows query(const std::string& url, const std::string& sql) { return execute(connect(url).get(), sql); }

struct Session::Impl {
  Connection connection;
};

Session::Session(const std::string& url) : impl_(std::make_unique<Impl>(Impl{connect(url)})) {}
Session::~Session() = default;
Rows Session::run(const std::string& sql) { return execute(impl_->connection.get(), sql); }

}  // namespace bigocean::test
