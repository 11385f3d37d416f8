// When a file asks for its table locks: at a moment in which no session is known to hold them for long.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/retry.hpp"
#include "sql/migrate/run/blocker_monitor.hpp"
#include "sql/migrate/run/job.hpp"

namespace bigocean::sql::migrate {

/// A session that waits for a strong lock makes all others wait that come after it. So the holders of
/// conflicting locks are looked at from a second session, every 200 ms, and the lock is asked for when none
/// of their transactions is older than 100 ms, or when it was looked at long enough. One per job; keeps what
/// failed tries have shown. Refers to the context and the job.
class LockApproach {
 public:
  /// `hurries`: the tries set deadlock_timeout (hurry_autovacuum_sql), so that an autovacuum gives way to
  /// them.
  LockApproach(RunContext& context, const Job& job, bool hurries);

  /// Returns when the next try may begin. What it waits is taken from `context.wait_left`; it does not wait
  /// longer than that. Throws base::Error on a signal.
  void wait();

  /// SQL for the begin of a transaction: the locks of a file that takes several, the first waited for, the
  /// others not, so that none is held while another is waited for. Empty for one lock, for tables that the
  /// role does not own, and where the file works long before its last lock.
  std::string lock_sql() const;
  /// The number of statements in lock_sql().
  std::size_t lock_count() const;
  /// That statement `index` of lock_sql() locks.
  const std::string& table(std::size_t index) const { return locks_.at(index).table; }
  /// Statement `index` of lock_sql() failed: its lock is waited for first from now on.
  void failed_at(std::size_t index);

  /// To be called while a try waits: remembers the lock that it waits for, which the file's text may not
  /// show.
  void look_at_wait();

  /// The lock time-out of the next try: the file's, or a longer one where only an autovacuum holds a lock
  /// that we cannot make give way sooner.
  std::chrono::milliseconds lock_timeout(std::chrono::milliseconds usual) const;

  /// Whether the last look found a session that holds a lock, so that the next wait() looks for its end.
  bool saw_holder() const { return saw_holder_; }
  /// Those that held the locks when it was last looked.
  const std::vector<Blocker>& blockers() const { return blockers_; }

 private:
  using Clock = std::chrono::steady_clock;

  enum class Sight { kFree, kHeld, kHeldByAutovacuum };
  Sight look();
  bool is_old(const LockHolder& holder);
  bool gives_way(const LockHolder& holder) const;
  void terminate_if_idle(const LockHolder& holder, const std::string& table);

  RunContext& context_;
  const Job& job_;
  std::vector<WantedLock> locks_;   ///< in the order in which they are asked for
  std::vector<WantedLock> learnt_;  ///< from a try that waited; when the file takes them is not known
  std::vector<bool> may_lock_;      ///< of each: the role owns the table
  std::vector<Blocker> blockers_;
  std::map<std::string, Clock::time_point> first_seen_;  ///< by the transaction, where its age is not told
  std::chrono::milliseconds look_max_;
  base::Backoff backoff_;
  int tries_ = 0;
  const bool hurries_;
  bool saw_holder_ = false, long_try_ = false, had_long_try_ = false;
};

}  // namespace bigocean::sql::migrate
