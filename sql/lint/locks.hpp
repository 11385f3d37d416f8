// Which lock each command takes on which table, and what it does to the table's rows while it has it.
#pragma once

#include <string_view>
#include <vector>

#include "sql/lint/statement.hpp"
#include "sql/postgres/lock_mode.hpp"

namespace bigocean::sql::lint {

using sql::LockMode;

/// How much of the table a command works through while it holds its lock.
enum class Work {
  kNone,     ///< the catalogue only
  kScan,     ///< reads every row
  kIndex,    ///< builds an index over every row
  kRewrite,  ///< writes every row and every index again
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

/// What the step locks, and for how long it works, is not known from its text.
bool is_open(Action action);

}  // namespace bigocean::sql::lint
