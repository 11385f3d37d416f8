// Runs a file that cannot be in one transaction: statement by statement, with a journal.
#pragma once

#include "sql/migrate/run/job.hpp"

namespace bigocean::sql::migrate {

/// Runs what is left of the job. A statement that can run in a transaction shares one with its journal row,
/// so it is done exactly once; one that cannot is noted before and after, and after a crash the catalogue
/// shows whether it was done. `resumes`: the history says that the file has begun. Sets `retries`. Throws
/// what with_lock_retries throws, LockGivenAway, and MigrationError(kHistoryConflict) when the file changed
/// under the journal, or when it is unknown whether a statement was done; the hint has the commands that
/// decide it.
void run_by_statement(RunContext& context, const Job& job, bool resumes, int& retries);

}  // namespace bigocean::sql::migrate
