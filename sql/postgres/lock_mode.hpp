// PostgreSQL's modes of table locks: their names, and which of them exclude each other.
#pragma once

#include <string_view>

namespace bigocean::sql {

/// Weakest first; the numbers are those of LOCK TABLE in the parse tree.
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
/// The strongest of the modes in a list with commas between; kNone for an empty one.
LockMode strongest_mode(std::string_view catalog_names);
/// True when the two cannot be held by two sessions at once (PostgreSQL, "Explicit Locking", table 13.2).
bool conflicts(LockMode a, LockMode b);
/// True when ordinary reads or writes wait.
inline bool is_strong(LockMode mode) { return mode >= LockMode::kShare; }

/// "readers and writers wait", "writers wait", "other schema changes wait" or "no session waits".
std::string_view who_waits(LockMode mode);

}  // namespace bigocean::sql
