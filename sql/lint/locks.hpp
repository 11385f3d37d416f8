// Which lock each command takes on which table, and what it does to the table's rows while it has it.
#pragma once

#include <string_view>
#include <vector>

#include "sql/lint/statement.hpp"

namespace bigocean::sql::lint {

/// PostgreSQL's table lock modes, weakest first; the numbers are those of LOCK TABLE in the parse tree.
enum class LockMode {
  kNone,
  kAccessShare,
  kRowShare,
  kRowExclusive,
  kShareUpdateExclusive,
  kShare,
  kShareRowExclusive,
  kExclusive,
  kAccessExclusive
};
/// "ACCESS EXCLUSIVE", as LOCK TABLE writes it.
std::string_view lock_mode_name(LockMode mode);
/// "AccessExclusiveLock", as pg_locks writes it.
std::string_view lock_mode_catalog_name(LockMode mode);
/// The mode that pg_locks calls so; kNone for an unknown word.
LockMode lock_mode_of(std::string_view catalog_name);
/// True when the two cannot be held by two sessions at once (PostgreSQL, "Explicit Locking", table 13.2).
bool conflicts(LockMode a, LockMode b);
/// "readers and writers wait", "writers wait", "other schema changes wait" or "nobody waits".
std::string_view who_waits(LockMode mode);
/// True when ordinary reads or writes wait.
inline bool is_strong(LockMode mode) { return mode >= LockMode::kShare; }

/// How much of the table a command works through while it holds its lock.
enum class Work {
  kNone,     ///< the catalogue only
  kScan,     ///< reads every row
  kIndex,    ///< builds an index over every row
  kRewrite,  ///< writes every row and every index anew
  kRows,     ///< as many rows as the statement touches
};
/// "", "scans it", "builds an index over it", "rewrites it", "writes rows".
std::string_view work_name(Work work);

struct Lock {
  Name table;
  LockMode mode = LockMode::kNone;
  Work work = Work::kNone;
};

/// The locks of a step, the strongest for each table. Source: PostgreSQL's documentation of each command and
/// of explicit locking; a test runs the commands and compares pg_locks.
std::vector<Lock> locks_of(const Step& step);

}  // namespace bigocean::sql::lint
