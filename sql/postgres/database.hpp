// The service's pool of connections to PostgreSQL, which recovers when the server goes away and comes back.
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
  /// commits when it returns, rolls back when it throws. What it leaves unsent is sent with the commit.
  /// Throws base::Error(kInternal) if the server rolled back although `work` returned.
  void transaction(const Work& work);

  /// Runs `work` without a transaction block: what is sent in one round trip is a transaction.
  void pipeline(const Work& work);

  /// One statement.
  Rows query(const std::string& sql, const Parameters& parameters = {});

  base::PoolState state() const { return pool_.state(); }

  /// Why the server can be read from but not written to: it is read-only now, or a statement found a cause
  /// since the last call. After such a finding later calls try a write, which leaves nothing behind, until
  /// one succeeds. Empty if writes work. Call it from one thread, from time to time; throws as use() does.
  std::string why_unwritable();

 private:
  void note(const SqlError& error);
  Connection::Limits limits() const;

  std::chrono::milliseconds statement_timeout_;
  std::atomic<bool> keeps_statements_{true};  ///< until one was missing: an undetected pooler
  std::mutex trouble_mutex_;
  std::string trouble_;  ///< the latest failure of a write that was the server's
  bool trouble_told_ = false;
  base::Pool<Connection> pool_;
};

}  // namespace bigocean::sql
