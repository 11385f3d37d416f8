// A second connection that looks at who blocks the first one, and whom it blocks.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "sql/migrate/run/report.hpp"
#include "sql/migrate/run/wanted_lock.hpp"
#include "sql/postgres/connection.hpp"
#include "sql/postgres/lock_mode.hpp"

namespace bigocean::sql::migrate {

/// A session, or a prepared transaction (pid 0), that holds a lock on a wanted table, in any mode.
struct LockHolder {
  Blocker session;
  std::size_t lock = 0;  ///< of the wanted ones
  LockMode mode = LockMode::kNone;
  std::string transaction;                        ///< its virtual id
  std::optional<std::chrono::milliseconds> age;   ///< of the transaction; nothing where the role may not know
  std::optional<std::chrono::milliseconds> idle;  ///< for so long idle in its transaction
  bool is_autovacuum = false;
  bool prevents_wraparound = false;  ///< an autovacuum that never gives way
};

struct LockHolders {
  std::vector<LockHolder> holders;
  std::set<std::size_t> may_lock;           ///< wanted locks on tables that exist and that the role owns
  std::map<std::size_t, std::string> oids;  ///< of the tables that exist
};

/// A session that waits for something that we hold.
struct LockWaiter {
  Blocker session;
  std::chrono::milliseconds waited{0};
  bool for_table = true;            ///< else for a row
  std::string table;                ///< "app.users"; of a row empty
  LockMode held = LockMode::kNone;  ///< our strongest lock on that table; none: it waits behind our request
};

/// Looking must never harm the work: short limits, and where the server does not answer the answer is empty.
/// A connection that is lost is made again, at most once in two seconds. Not thread-safe.
class BlockerMonitor {
 public:
  BlockerMonitor(config::Secret url, std::string application_name)
      : url_(std::move(url)), name_(std::move(application_name)) {}

  /// Connects, unless it is connected. False where that fails; `why()` says why.
  bool connect();
  const std::string& why() const { return why_; }
  /// What is worth a warning and was not returned before: that the connection was lost, or is back. Else
  /// empty.
  std::string take_news();

  /// The sessions that block server process `pid` at this moment.
  std::vector<Blocker> blockers(int pid);
  /// Who holds locks on these tables, but `pid`; nothing where that is not known.
  std::optional<LockHolders> lock_holders(const std::vector<WantedLock>& wanted, int pid);
  /// The table lock that process `pid` waits for.
  std::optional<WantedLock> awaited_lock(int pid);
  /// Who waits for process `pid`: for a table that it has locked, or for a row. Other sessions of migrate,
  /// and those that wait for SHARE UPDATE EXCLUSIVE, are left out.
  std::vector<LockWaiter> waiters(int pid);
  /// Ends that session, if it is still in the same transaction.
  bool terminate(const LockHolder& holder);
  /// Whether the role may set deadlock_timeout, after which the server cancels an autovacuum that blocks.
  /// False before connect().
  bool may_hurry_autovacuum() const { return may_hurry_autovacuum_; }

  /// "building index: loading tuples in tree, 42 %" for a CREATE INDEX or REINDEX of `pid`, if it runs one.
  std::optional<std::string> index_progress(int pid);
  /// The setting synchronous_standby_names, where session `pid` waits for such a standby to confirm its
  /// commit.
  std::optional<std::string> awaited_standbys(int pid);

 private:
  using Clock = std::chrono::steady_clock;

  std::optional<Rows> ask(const std::string& sql);

  config::Secret url_;
  std::string name_;
  std::optional<Connection> connection_;
  Clock::time_point next_attempt_{};
  bool was_connected_ = false, may_hurry_autovacuum_ = false;
  std::string why_, news_;
};

/// Makes blockers of rows of (pid, application, user, client, state, age in seconds, query).
std::vector<Blocker> make_blockers(const Rows& rows);

}  // namespace bigocean::sql::migrate
