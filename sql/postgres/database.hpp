// The service's way to PostgreSQL: a pool of connections that stay right when the server goes and comes back.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/interrupt.hpp"
#include "base/pool.hpp"
#include "config/settings.hpp"
#include "sql/postgres/pipeline.hpp"

namespace bigocean::sql {

/// Thread-safe. Nothing that a statement depends on is kept in a session, so a pooler in transaction mode may
/// stand in between; without one, statements are kept prepared, which spares the server half of its work.
class Database {
 public:
  /// Connects when it is first used. `interrupt` (may be null) ends waits for the server and must outlive
  /// this.
  Database(const config::Settings::Database& settings, std::string application_name,
           const base::Interrupt* interrupt);

  /// Lends a connection to `work`, outside a transaction. Throws what `work` throws; ConnectError while the
  /// server is away; ConnectionLost when it does not answer in time, goes down or has become read-only;
  /// ServerUnable for any other outage (outage.hpp), such as a full disk; base::Error(kUnreachable) when all
  /// connections stay in use. So do the others below.
  void use(const std::function<void(Connection&)>& work);

  using Work = std::function<void(Pipeline&)>;

  /// Runs `work` with what it adds in a transaction, under database.statement_timeout on the server too;
  /// commits when it returns, rolls back when it throws. What it leaves unsent goes with the commit. Throws
  /// base::Error(kInternal) when the server rolled back all the same.
  void transaction(const Work& work);

  /// Runs `work` without a transaction block: what goes in one round trip is a transaction.
  void pipeline(const Work& work);

  /// One statement.
  Rows query(const std::string& sql, const Parameters& parameters = {});

  base::PoolState state() const { return pool_.state(); }

  /// Why the server can be asked and not be written to: read-only now, or as a statement found out since the
  /// last call. After such a finding a write is tried, which leaves nothing behind, until one succeeds.
  /// Empty when all is well. For one thread, which asks from time to time; throws as use() does.
  std::string why_unwritable();

 private:
  void note(const SqlError& error);
  Connection::Limits limits() const;

  std::chrono::milliseconds statement_timeout_;
  std::atomic<bool> keeps_statements_{true};  ///< until one was missing: there is a pooler that does not show
  std::mutex trouble_mutex_;
  std::string trouble_;  ///< the latest failure of a write that was the server's
  bool trouble_told_ = false;
  base::Pool<Connection> pool_;
};

}  // namespace bigocean::sql
