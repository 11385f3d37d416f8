// What the server shows after a statement: locks, rewrites, scans, what is gone and what is new.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "sql/postgres/connection.hpp"
#include "sql/postgres/lock_mode.hpp"

namespace bigocean::sql::preview {

/// A table, index or materialized view of the clone at one moment, as the session sees it.
struct Relation {
  std::string schema, name;
  char kind = 'r';                  ///< pg_class.relkind
  std::int64_t table = 0;           ///< of an index
  std::int64_t file = 0;            ///< relfilenode
  std::int64_t scans = 0;           ///< begun in this transaction
  LockMode mode = LockMode::kNone;  ///< the strongest that the session has
  bool used = false;                ///< it has one that reading or writing rows takes
};

/// By oid.
using Snapshot = std::map<std::int64_t, Relation>;

/// Asks in one round trip; inside a transaction that is open, of that. Source of the scans:
/// pg_stat_get_xact_numscans(), which counts the validating scan of an empty table too and is not reset by a
/// ROLLBACK TO SAVEPOINT.
/// Relations that are newer than `newest`, and no index of an older one, are left out: files may make
/// thousands.
Snapshot take_snapshot(Connection& connection, std::int64_t newest);
inline constexpr std::int64_t kAllRelations = std::numeric_limits<std::uint32_t>::max();

/// What a statement did to one relation that was there before the files.
struct Effect {
  std::string schema, name;
  LockMode mode = LockMode::kNone;
  bool rewritten = false;    ///< the table's file is another one
  bool index_built = false;  ///< on it, or one of its indexes was built again
  bool scanned = false;
  bool dropped = false;
  bool reads_or_writes = false;  ///< the transaction has read or written rows of it by now
};

/// The differences, for tables and materialized views among `existing`.
std::vector<Effect> effects_of(const Snapshot& before, const Snapshot& after,
                               const std::set<std::int64_t>& existing);

}  // namespace bigocean::sql::preview
