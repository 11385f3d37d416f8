// Lends connections, and distinguishes a server that is gone from one that refuses a statement.
#include "sql/postgres/database.hpp"

#include <fmt/format.h>

#include <utility>

#include "sql/postgres/outage.hpp"

namespace bigocean::sql {
namespace {

/// For the check whether a connection still works: short, since a borrower waits for it.
constexpr std::chrono::milliseconds kAnswerTimeout{1000};
/// Beyond the server's own time-out, so that it is the server that ends the statement.
constexpr std::chrono::milliseconds kTimeoutSlack{500};

bool is_answering(Connection& connection) {
  try {
    const Connection::Limits limits{.timeout = kAnswerTimeout, .on_wait = {}};
    connection.execute(connection.in_transaction() ? "ROLLBACK" : "SELECT 1", limits);
    return true;
  } catch (...) {
    return false;
  }
}

/// No answer from the server: this side stopped waiting.
bool is_silence(const SqlError& error) { return error.server_message.empty(); }

/// A table changed, so that a prepared statement means something else: a new connection prepares it again.
bool is_outdated(const SqlError& error) { return error.sqlstate == "0A000"; }

/// A prepared statement is missing where it was left, or is there where it was not.
bool is_misled(const SqlError& error) { return error.sqlstate == "26000" || error.sqlstate == "42P05"; }

ConnectionLost as_lost(const SqlError& error) {
  ConnectionLost lost(base::ExitCode::kUnreachable,
                      fmt::format("PostgreSQL is not available now: {}", error.message),
                      "what was not committed is rolled back; try again once the server is back");
  lost.sqlstate = error.sqlstate;
  return lost;
}

ServerUnable as_unable(const SqlError& error, const Outage& outage) {
  ServerUnable unable(base::ExitCode::kUnreachable,
                      fmt::format("PostgreSQL cannot do this now, {}: {}", outage.reason, error.message),
                      "what was not committed is rolled back; `bigocean check-db` says more");
  unable.sqlstate = error.sqlstate;
  return unable;
}

/// Needs new pages on disk and leaves none behind, and needs no table: a large object of a few pages
/// that do not compress, in a transaction that is rolled back.
constexpr const char* kTryToWrite =
    "BEGIN; SELECT lo_from_bytea(0, (SELECT string_agg(decode(md5(random()::text), 'hex'), '') "
    "FROM generate_series(1, 2048))); ROLLBACK";

base::PoolLimits pool_limits(const config::Settings::Database& settings) {
  return {.store = "PostgreSQL",
          .setting = "database.connections_max",
          .connections_max = static_cast<std::size_t>(settings.connections_max),
          .wait_max = settings.connection_wait};
}

base::PoolHooks<Connection> pool_hooks(const config::Settings::Database& settings,
                                       std::string application_name, const base::Interrupt* interrupt,
                                       const std::atomic<bool>& keeps_statements) {
  ConnectOptions options;
  options.application_name = std::move(application_name);
  options.timeout = settings.connect_timeout;
  options.interrupt = interrupt;
  const auto connect = [url = settings.url, options, &keeps_statements] {
    auto connection = Connection::connect(url, options);
    if (!keeps_statements) return connection;
    try {
      connection.keep_statements({.timeout = options.timeout, .on_wait = {}});
    } catch (const SqlError& error) {
      throw as_lost(error);
    }
    return connection;
  };
  return {.connect = connect,
          .is_open = [](Connection& connection) { return connection.is_open(); },
          .is_answering = is_answering};
}

}  // namespace

Database::Database(const config::Settings::Database& settings, std::string application_name,
                   const base::Interrupt* interrupt)
    : statement_timeout_(settings.statement_timeout),
      pool_(pool_limits(settings),
            pool_hooks(settings, std::move(application_name), interrupt, keeps_statements_)) {}

Connection::Limits Database::limits() const {
  return {.timeout = statement_timeout_ + kTimeoutSlack, .on_wait = {}};
}

void Database::use(const std::function<void(Connection&)>& work) {
  auto connection = pool_.borrow();
  try {
    work(*connection);
  } catch (const SqlError& error) {
    if (is_misled(error)) keeps_statements_ = false;
    const auto outage = outage_of(error.sqlstate);
    const bool leads_nowhere = outage && outage->may_be_elsewhere;
    if (leads_nowhere || is_outdated(error) || is_misled(error)) connection.reject();
    if (leads_nowhere || is_silence(error)) {
      note(error);
      throw as_lost(error);
    }
    if (!outage) throw;
    note(error);
    throw as_unable(error, *outage);
  }
}

void Database::note(const SqlError& error) {
  const auto outage = outage_of(error.sqlstate);
  if (!outage || !outage->stops_writes) return;
  const std::lock_guard lock(trouble_mutex_);
  trouble_ = fmt::format("{} ({})", outage->reason, error.message);
  trouble_told_ = false;
}

std::string Database::why_unwritable() {
  std::string trouble;
  use([&](Connection& connection) {
    const auto rows = connection.execute("SELECT current_setting('transaction_read_only')", limits());
    if (rows.rows.at(0).at(0) == "on") trouble = outage_of("25006")->reason;
  });
  if (!trouble.empty()) return trouble;
  std::unique_lock lock(trouble_mutex_);
  if (trouble_.empty()) return {};
  // Reported at least once: a request has failed, even if the next one succeeds.
  if (!std::exchange(trouble_told_, true)) return trouble_;
  lock.unlock();
  try {
    use([&](Connection& connection) { connection.execute(kTryToWrite, limits()); });
  } catch (const ServerUnable& error) {
    return error.message;
  } catch (const SqlError&) {
    // Refused for another reason, which does not show whether the disk is full.
  }
  lock.lock();
  // A failure that came meanwhile is a new one, and is reported by the next call.
  if (trouble_told_) trouble_.clear();
  return {};
}

void Database::transaction(const Work& work) {
  use([&](Connection& connection) {
    Pipeline pipeline(connection, limits());
    pipeline.add("BEGIN");
    pipeline.add(fmt::format("SET LOCAL statement_timeout = {}", statement_timeout_.count()));
    bool is_committed = false;
    try {
      work(pipeline);
      // After an error that `work` swallowed the server rolls back, and shows it only in the command tag.
      is_committed = pipeline.execute("COMMIT").command_tag == "COMMIT";
    } catch (...) {
      // The pool finds out that a connection is gone or does not answer.
      try {
        if (connection.in_transaction())
          connection.execute("ROLLBACK", {.timeout = kAnswerTimeout, .on_wait = {}});
      } catch (const base::Error&) {
      }
      throw;
    }
    if (!is_committed) {
      throw base::Error(base::ExitCode::kInternal,
                        "nothing was committed, since a statement of the transaction had failed");
    }
  });
}

void Database::pipeline(const Work& work) {
  use([&](Connection& connection) {
    Pipeline pipeline(connection, limits());
    work(pipeline);
    pipeline.send();
  });
}

Rows Database::query(const std::string& sql, const Parameters& parameters) {
  Rows rows;
  pipeline([&](Pipeline& pipeline) { rows = pipeline.execute(sql, parameters); });
  return rows;
}

}  // namespace bigocean::sql
