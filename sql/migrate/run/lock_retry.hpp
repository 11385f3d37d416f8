// Tries again what met a lock that another session holds, or made others wait for too long.
#pragma once

#include <functional>
#include <vector>

#include "sql/migrate/run/job.hpp"
#include "sql/migrate/run/lock_approach.hpp"

namespace bigocean::sql::migrate {

/// Tries after one that was cancelled because others waited for it.
inline constexpr int kBlockingRetries = 2;

/// Runs `attempt` until it succeeds, each try when `approach` says so. What it throws as PlacedError must
/// have left nothing: what may have committed is not for a retry. After a failed try it rolls back, names who
/// blocks, and waits. Only waiting counts against the deadline: the pauses, and of a try at most its lock
/// time-out (0: all of it). A try that made another session wait longer than `max-blocking` is cancelled, and
/// repeated `blocking_retries` times at most, each after a pause as long as the blocking. Returns the number
/// of retries. Throws MigrationError for what another try cannot fix; with kTableLockTimeout when the
/// deadline (or the file's retry= count) has passed; with kBlockedOthers when every try made others wait.
int with_lock_retries(RunContext& context, const Job& job, LockApproach& approach, const Timeouts& timeouts,
                      std::vector<Blocker>& blockers, int blocking_retries,
                      const std::function<void()>& attempt);

/// The error for people, with its place and, for a time-out, which one it was.
MigrationError explain(const Job& job, const PlacedError& error, const Timeouts& timeouts);

/// The error for a history row that could not prove that this run is alone: another migrate holds the lock
/// now.
MigrationError lock_lost_error(RunContext& context, const Job& job);

}  // namespace bigocean::sql::migrate
