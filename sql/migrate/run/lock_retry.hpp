// Retries work that failed because another session holds a lock.
#pragma once

#include <functional>
#include <vector>

#include "sql/migrate/run/job.hpp"

namespace bigocean::sql::migrate {

/// Runs `attempt` until it succeeds. When it throws PlacedError it must have left nothing behind: work that
/// may have committed must not be retried. Between tries it rolls back, waits with backoff and jitter, and
/// names who blocks. Only waiting counts against the deadline: the pauses, and of a try at most its lock
/// time-out (0: all of it). Returns the number of retries. Throws MigrationError for what another try cannot
/// fix, also when the deadline (or the file's retry= count) has passed: then with kTableLockTimeout.
int with_lock_retries(RunContext& context, const Job& job, const Timeouts& timeouts,
                      std::vector<Blocker>& blockers, const std::function<void()>& attempt);

/// The error for people, with its place and, for a time-out, which one it was.
MigrationError explain(const Job& job, const PlacedError& error, const Timeouts& timeouts);

/// The error for a history row that could not prove that this run is alone: another migrate holds the lock
/// now.
MigrationError lock_lost_error(RunContext& context, const Job& job);

}  // namespace bigocean::sql::migrate
